#!/bin/bash
# The kill matrix: every plan, killed before and after every step and at random moments; the table goes into docs/reliability.md.
# The tests must be built. Exit code 0 only when no cell is red.
#
#   tests/reliability.sh [RANDOM_MOMENTS [PLAN]]     for example: tests/reliability.sh 200 "rename -r"; other plans keep their rows
#   CNPG_RESTORE_TEST_KILLS_AT=random tests/reliability.sh 200 PLAN              the random moments alone; the steps keep their rows too
#   tests/reliability.sh write                       only the table, from the rows that are there
set -uo pipefail
cd "$(dirname "$0")/.."
kills=${1:-200} plan=${2:-}
page=docs/reliability.md
rows=artifacts/reliability
begin='<!-- kill matrix: written by make reliability -->'
end='<!-- end of the kill matrix -->'

code=0
if [ "$kills" != write ]; then
  [ -n "$plan" ] || rm -rf "$rows"
  # What is missing is a failure here, not a row less.
  CI=true CNPG_RESTORE_TEST_KILLS=$kills artifacts/bin/CnpgRestore.CliTests/debug/CnpgRestore.CliTests -noColor -noLogo -explicit only \
    -method "*KillMatrixTests.The_whole_matrix" ${plan:+-preEnumerateTheories -displayName "*(name: \"$plan\")"}
  code=$?
fi

# What the rows say, added up: "-" is 0.
sums=$(cat "$rows"/*.md | awk -F ' *[|] *' '{ if ($3 == "random moments") random += $4 + $5; else steps += $4 + $5 } /red\*\*/ { red++ }
  END { printf "%d kills at steps, %d at random moments, %s", steps, random, red ? red " red" : "no red cell" }')
section=$(
  echo "$begin"
  echo "Run by \`make reliability\` on $(date -u +%Y-%m-%d), $(bin/cnpg-restore --version | sed 's/^/cnpg-restore /'), on $(nproc) processors: $sums."
  echo
  echo "| plan | step | kills, same machine | kills, another machine | end |"
  echo "|---|---|---:|---:|---|"
  cat "$rows"/*.md
  echo "$end"
)
if grep -qF "$begin" "$page"; then
  SECTION=$section awk -v begin="$begin" -v end="$end" '$0 == begin { print ENVIRON["SECTION"]; skip = 1 } !skip { print } $0 == end { skip = 0 }' "$page" >"$page.new" && mv "$page.new" "$page"
else
  printf '%s\n' "$section" >>"$page"
fi
echo "written: $page"
exit "$code"
