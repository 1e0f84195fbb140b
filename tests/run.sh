#!/bin/bash
# Runs test assemblies that are already built, and sums them up in one last line: N passed, N failed, N skipped.
# A runner that ends without a report counts as one failure. Exit code 0 only when tests ran and none failed.
#
#   tests/run.sh PROJECT...
set -uo pipefail
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1
passed=0 failed=0 skipped=0
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

# attribute NAME FILE: a number of the report's <assembly> element.
attribute() { grep -o '<assembly [^>]*' "$2" 2>/dev/null | grep -oE " $1=\"[0-9]+\"" | grep -oE '[0-9]+'; }

run() {
  # Where this runs in the background, a shell has SIGINT ignored, and so would every program that a test interrupts.
  env --default-signal=INT "artifacts/bin/$1/debug/$1" -noColor -noLogo -maxThreads "${2:-default}" -result-xml "$reports/$1.xml"
  echo $? > "$reports/$1.code"
}

# Tests of servers and of the program wait for half of their time, so they run side by side; those that measure time and memory are alone.
for project in "$@"; do
  case $project in
    CnpgRestore.Tests) run "$project" ;;
    # The longest suite, which is alone in the end.
    CnpgRestore.CliTests) run "$project" 1.5x & ;;
    *) run "$project" & ;;
  esac
done
wait

for project in "$@"; do
  report=$reports/$project.xml code=$(cat "$reports/$project.code")
  total=$(attribute total "$report")
  if [ -z "$total" ]; then
    echo "$project ended with exit code $code and without a report" >&2
    failed=$((failed + 1))
    continue
  fi

  passed=$((passed + $(attribute passed "$report")))
  skipped=$((skipped + $(attribute skipped "$report")))
  wrong=$(($(attribute failed "$report") + $(attribute errors "$report")))
  # A runner that found no test says so with an exit code of its own; only a silent difference is suspicious.
  if [ "$wrong" = 0 ] && [ "$code" != 0 ] && [ "$total" != 0 ]; then
    echo "$project reported no failure but ended with exit code $code" >&2
    wrong=1
  fi
  failed=$((failed + wrong))
done

echo "The classes that took longest, in seconds of their tests (several run at once):"
cat "$reports"/*.xml 2>/dev/null | grep -oE '<test [^>]*' | awk '
  { match($0, / type="[^"]*"/); type = substr($0, RSTART + 7, RLENGTH - 8); match($0, / time="[^"]*"/); seconds[type] += substr($0, RSTART + 7, RLENGTH - 8); tests[type]++ }
  END { for (type in tests) printf "%7.0f  %4d  %s\n", seconds[type], tests[type], type }' | sort -rn | sed -n 1,15p
# Whoever sees only the end of a log sees which tests failed and by what.
cat "$reports"/*.xml 2>/dev/null | awk -v RS='<test ' '
  / result="Fail"/ { match($0, /name="[^"]*"/); name = substr($0, RSTART + 6, RLENGTH - 7); why = $0
    sub(/.*<message>(<!\[CDATA\[)?/, "", why); sub(/(\]\]>)?<\/message>.*/, "", why); gsub(/[[:space:]]+/, " ", why)
    print "failed: " name "\n  " substr(why, 1, 400) }'
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
