#!/bin/bash
# backups list, backups check and rename --dry-run on a server folder of many WAL segments: time and memory of the whole program as the folder grows.
# Fails above 150 MB, and where the work (processor seconds: the load of the machine is not in them) grows faster than the folder. SEGMENTS="10000 100000 1000000" (the default) says how many.
# The folder is a directory of empty files, and then a listing that bench/lister.py makes: the work of the program, without that of a gateway.
. "$(dirname "$0")/lib.sh"
LIMIT_MB=150
# Ten times as many segments may take this many times the work.
GROWTH=15
SEGMENTS=${SEGMENTS:-10000 100000 1000000}
GOLDEN=$ROOT/tests/CnpgRestore.Tests/Golden/barman/postgres-v15
LISTER=
trap '[ -z "$LISTER" ] || kill "$LISTER"; rm -rf "$WORK"' EXIT

# Beside the real segments, from which the last commit is read, lies a timeline of as many more. Grows from call to call.
made=0
make_directory() {
  local server=$WORK/bucket/postgres-v17 log level
  mkdir -p "$server"
  [ "$made" -gt 0 ] || cp -r "$GOLDEN/base" "$GOLDEN/wals" "$server/"
  for ((log = made / 256; log * 256 < $1; log++)); do
    level=$server/wals/$(printf '00000003%08X' "$log")
    mkdir -p "$level"
    (cd "$level" && printf "00000003$(printf %08X "$log")%08X.gz\n" $(seq 0 $(($1 - log * 256 < 256 ? $1 - log * 256 - 1 : 255))) | xargs touch)
  done
  made=$1
}

# start_lister SEGMENTS: leaves its port in $port.
start_lister() {
  [ -z "$LISTER" ] || kill "$LISTER"
  rm -f "$WORK/port"
  mkfifo "$WORK/port"
  "$ROOT/bench/lister.py" "$GOLDEN" "$1" >"$WORK/port" &
  LISTER=$!
  read -r port <"$WORK/port"
}

# measured STORE SEGMENTS COMMAND ARGUMENT...: one line of the table, the command's output in $WORK/out.
measured() {
  local store=$1 segments=$2 name=$3 seconds work peak; shift 3
  : >"$WORK/time"
  timed "time" "$store, $segments: $name" "$CNPG_RESTORE" "$@"
  IFS=$'\t' read -r _ seconds work peak < <(tail -1 "$WORK/time")
  echo "| $store | $segments | $name | $seconds | $work | $((peak / 1024)) |"
  [ $((peak / 1024)) -le "$LIMIT_MB" ] || { echo "bench: more than $LIMIT_MB MB" >&2; exit 1; }
  grows "$store, $name" "$segments" "$work"
}

# grows WHAT SEGMENTS SECONDS: fails where the work has grown faster than the folder since the last call. Below half a second it is start-up.
declare -A before
grows() {
  if [ -n "${before[$1]:-}" ]; then
    awk -v last="${before[$1]}" -v segments="$2" -v seconds="$3" -v growth="$GROWTH" '
      BEGIN { split(last, was, " "); exit !(seconds <= (was[2] < 0.5 ? 0.5 : was[2]) * segments / was[1] * growth / 10) }' ||
      { echo "bench: $1 takes $3 s for $2 segments, and took ${before[$1]#* } s for ${before[$1]% *}" >&2; exit 1; }
  fi
  before[$1]="$2 $3"
}

commands() {
  local store=$1 segments=$2; shift 2
  measured "$store" "$segments" "backups list" backups list -o json --server postgres-v17 "$@"
  grep -q "\"wal_segments\":$((segments + 15))" "$WORK/out" || { echo "bench: not every segment was counted, nor the 15 real ones" >&2; exit 1; }
  measured "$store" "$segments" "backups check" backups check --server postgres-v17 "$@"
  measured "$store" "$segments" "rename --dry-run" rename -r postgres-v17 postgres-v17-backup --dry-run "$@"
}

echo "| store | segments | command | seconds | CPU s | peak MB |"
echo "|---|---:|---|---:|---:|---:|"
for segments in $SEGMENTS; do
  echo "Making $segments segments ..." >&2
  make_directory "$segments"
  commands directory "$segments" --bucket "file://$WORK/bucket"
done
for segments in $SEGMENTS; do
  start_lister "$segments"
  commands "S3 listing" "$segments" --bucket s3://million --endpoint "http://127.0.0.1:$port"
done
