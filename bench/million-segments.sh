#!/bin/bash
# backups list on a server folder with 1,000,000 WAL segments: time and memory of the whole program; fails above 150 MB.
# The folder is a directory of empty files: the work of the program, without that of a gateway.
. "$(dirname "$0")/lib.sh"
trap 'rm -rf "$WORK"' EXIT
LIMIT_MB=150
SERVER=$WORK/bucket/postgres-v17
GOLDEN=$ROOT/tests/CnpgRestore.Tests/Golden/barman/postgres-v15

echo "Making 1,000,000 segments ..." >&2
mkdir -p "$SERVER"
cp -r "$GOLDEN/base" "$GOLDEN/wals" "$SERVER/"
# Beside the real segments, from which the last commit is read, lies a timeline of a million more.
for log in $(seq 0 3906); do
  level=$SERVER/wals/$(printf '00000003%08X' "$log")
  mkdir -p "$level"
  (cd "$level" && printf "00000003$(printf %08X "$log")%08X.gz\n" $(seq 0 255) | xargs touch)
done

timed million "cnpg-restore backups list" "$CNPG_RESTORE" backups list -o json --bucket "file://$WORK/bucket" --server postgres-v17
grep -q '"wal_segments":1000207' "$WORK/out" || { echo "bench: not every segment was counted" >&2; exit 1; }
peak=$(awk '{ print int($4 / 1024) }' "$WORK/million")
printf '| %s | %s s | %s MB (limit %s MB) |\n' "1,000,207 segments" "$(awk '{ print $2 }' "$WORK/million")" "$peak" "$LIMIT_MB"
[ "$peak" -le "$LIMIT_MB" ]
