#!/bin/bash
# Says how many lines of the library the given test assemblies run, folder by folder. They must be built, and src/CnpgRestore.Cli.
#
#   tests/coverage.sh [--add] PROJECT... [-- OPTIONS FOR THE RUNNER]      --add: what earlier calls have counted counts too
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_NOLOGO=1
add=
[ "${1:-}" != --add ] || { add=1; shift; }
projects=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do projects+=("$1"); shift; done
[ $# -eq 0 ] || shift
[ -n "$add" ] || rm -rf artifacts/coverage
mkdir -p artifacts/coverage
dotnet restore tests/coverage -v quiet
for project in "${projects[@]}"; do
  echo "Running $project ..." >&2
  log=artifacts/coverage/$project.log
  dotnet msbuild tests/coverage -t:Cover "-p:TestProject=$project" "-p:TestOptions=$*" -v:minimal >"$log" || { tail -n 30 "$log" >&2; exit 1; }
  grep 'Total:' "$log" >&2
done

# A line counts as run where any assembly runs it. What no test has loaded is in the reports too, with no hits.
awk -F '[:,]' '
  /^SF:/ { file = $2; sub(/.*\/src\/CnpgRestore\//, "", file) }
  /^DA:/ { line = file ":" $2; if (!(line in runs) || $3 > runs[line]) runs[line] = $3 }
  END {
    for (line in runs) {
      file = line; sub(/:[0-9]+$/, "", file)
      folder = file; if (!sub(/\/[^\/]*$/, "", folder)) folder = "."
      all[folder]++; total++; files[file] = folder; of[file]++
      if (runs[line] > 0) { hit[folder]++; good++ } else missed[file]++
    }
    for (folder in all) printf "1 %s %6d of %6d lines  %5.1f %%\n", folder, hit[folder], all[folder], 100 * hit[folder] / all[folder]
    printf "2 in_all %6d of %6d lines  %5.1f %%\n", good, total, 100 * good / total
    for (file in missed) printf "3 %s %6d of %6d lines are run by no test\n", file, missed[file], of[file] > "/dev/stderr"
  }' artifacts/coverage/*.info 2>artifacts/coverage/missed | sort | awk '{ name = $2; $1 = $2 = ""; printf "%-44s %s\n", name, substr($0, 3) }'
sort -k3,3nr artifacts/coverage/missed | cut -d ' ' -f 2- >artifacts/coverage/missed.txt
rm artifacts/coverage/missed
echo "The files with lines that no test runs: artifacts/coverage/missed.txt"
