#!/usr/bin/env bash
# 100,000 keys of a server folder in the S3 server, listed: backups list reads them level by level and understands them, the others print them.
# usage: listing.sh ENDPOINT   prints a Markdown table. KEYS says how many (default 100,000).
. "$(dirname "$0")/lib.sh"
ENDPOINT=$1 BUCKET=bench-listing KEYS=${KEYS:-100000}
trap 'rm -rf "$WORK"' EXIT
export RCLONE_CONFIG=$WORK/rclone.conf; : >"$RCLONE_CONFIG"
export RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER=Ceph RCLONE_CONFIG_S3_ENV_AUTH=true RCLONE_CONFIG_S3_ENDPOINT=$ENDPOINT
GOLDEN=$ROOT/tests/CnpgRestore.Tests/Golden/barman/postgres-v15

echo "putting $KEYS keys (some minutes) ..." >&2
SEED=$WORK/seed/postgres-v17
mkdir -p "$SEED"
cp -r "$GOLDEN/base" "$GOLDEN/wals" "$SEED/"
files=$(find "$SEED" -type f | wc -l)
# Beside the real segments lies a timeline of empty ones: a listing does not ask how large they are.
for ((log = 0; log * 256 < KEYS - files; log++)); do
  level=$SEED/wals/$(printf '00000003%08X' "$log")
  mkdir -p "$level"
  rest=$((KEYS - files - log * 256)); count=$((rest < 256 ? rest : 256))
  (cd "$level" && printf "00000003$(printf %08X "$log")%08X.gz\n" $(seq 0 $((count - 1))) | xargs touch)
done
"$AWS" --endpoint-url "$ENDPOINT" s3 mb "s3://$BUCKET" >/dev/null
rclone copy --quiet --no-traverse --no-check-dest --s3-no-check-bucket --transfers 64 "$WORK/seed" "s3:$BUCKET"
rm -rf "$WORK/seed"

counted() { # TOOL: the command before has printed a line for each key
  [ "$(wc -l <"$WORK/out")" -ge "$KEYS" ] || { echo "bench: $1 did not list $KEYS keys" >&2; exit 1; }
}
for ((run = 1; run <= RUNS; run++)); do
  echo "listing, run $run of $RUNS" >&2
  timed listing "cnpg-restore backups list" "$CNPG_RESTORE" backups list -o json --server postgres-v17 -b "s3://$BUCKET" -e "$ENDPOINT"
  grep -q '"wal_segments":' "$WORK/out"
  timed listing "aws s3 ls --recursive" "$AWS" --endpoint-url "$ENDPOINT" s3 ls --recursive "s3://$BUCKET/postgres-v17/"
  counted aws
  timed listing "rclone lsf -R, defaults" rclone lsf -R "s3:$BUCKET/postgres-v17"
  counted rclone
  timed listing "rclone lsf -R --fast-list" rclone lsf -R --fast-list "s3:$BUCKET/postgres-v17"
  counted rclone
done
table listing "cnpg-restore backups list"
rclone purge --quiet "s3:$BUCKET"
