# Shared by the benchmarks: one S3 server for all tools, whole programs timed one after the other in turn, medians and ratios.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
RUNS=${RUNS:-3}
WORK=$(mktemp -d /var/tmp/cnpg-restore-bench.XXXXXX)
export CNPG_RESTORE_STATE=$WORK/state
export AWS_ACCESS_KEY_ID=AKTEST AWS_SECRET_ACCESS_KEY=SKTEST AWS_DEFAULT_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
unset AWS_CA_BUNDLE AWS_ENDPOINT_URL AWS_PROFILE AWS_SESSION_TOKEN
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
AWS=/usr/bin/aws
CNPG_RESTORE=$ROOT/bin/cnpg-restore

# timed NAME TOOL COMMAND...: runs the command and appends "tool seconds cpu-seconds peak-kB" to $WORK/NAME.
timed() {
  local name=$1 tool=$2; shift 2
  if ! /usr/bin/time -a -o "$WORK/$name.time" -f "%e %U %S %M" "$@" >"$WORK/out" 2>&1; then
    echo "bench: '$tool' did not succeed:" >&2; tail -5 "$WORK/out" >&2; exit 1
  fi
  local line; line=$(tail -1 "$WORK/$name.time")
  awk -v tool="$tool" '{ printf "%s\t%s\t%.2f\t%d\n", tool, $1, $2 + $3, $4 }' <<<"$line" >>"$WORK/$name"
  printf '  %-28s %8.2f s\n' "$tool" "${line%% *}" >&2
}

# table NAME OURS: a Markdown table of medians; the last column is our median divided by the tool's.
table() {
  awk -F'\t' -v ours="$2" '
    { if (!($1 in n)) order[++tools] = $1; n[$1]++; s[$1, n[$1]] = $2; c[$1, n[$1]] = $3; m[$1, n[$1]] = $4 }
    function median(values, tool,   i, j, t, k, v) {
      k = n[tool]; for (i = 1; i <= k; i++) v[i] = values[tool, i] + 0
      for (i = 2; i <= k; i++) for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
      low = v[1]; high = v[k]; return v[int((k + 1) / 2)]
    }
    END {
      print "| tool | seconds (median) | min..max | CPU s | peak MB | ours / this |"
      print "|---|---:|---:|---:|---:|---:|"
      mine = median(s, ours)
      for (i = 1; i <= tools; i++) {
        tool = order[i]; sec = median(s, tool); range = sprintf("%.2f..%.2f", low, high)
        printf "| %s | %.2f | %s | %.2f | %.0f | %.2f |\n", tool, sec, range, median(c, tool), median(m, tool) / 1024, mine / sec
      }
    }' "$WORK/$1"
}
