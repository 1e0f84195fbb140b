#!/usr/bin/env bash
# From the shell to the version and back: what a script pays for every call.
# usage: start-up.sh   prints a Markdown table.
. "$(dirname "$0")/lib.sh"
trap 'rm -rf "$WORK"' EXIT
commands=("$CNPG_RESTORE --version" "$AWS --version" "rclone version" "barman-cloud-restore --version")
command -v kubectl >/dev/null && commands+=("kubectl version --client")
hyperfine -N -w 3 -r 20 --export-csv "$WORK/times.csv" "${commands[@]}" >/dev/null 2>&1
awk -F, 'NR == 1 { print "| program | milliseconds (median) | min..max | ours / this |"; print "|---|---:|---:|---:|"; next }
  { sub(".*/", "", $1); if (NR == 2) ours = $4; printf "| %s | %.0f | %.0f..%.0f | %.2f |\n", $1, $4 * 1000, $7 * 1000, $8 * 1000, ours / $4 }' "$WORK/times.csv"
