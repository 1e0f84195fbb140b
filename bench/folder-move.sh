#!/usr/bin/env bash
# The runbook's folder move: 5,000 WAL objects of 16 KB and a tar of 300 MB in parts, moved on the server, the source removed.
# usage: folder-move.sh ENDPOINT   prints a Markdown table.
. "$(dirname "$0")/lib.sh"
ENDPOINT=$1 BUCKET=bench-move
trap 'rm -rf "$WORK"' EXIT
aws() { "$AWS" --endpoint-url "$ENDPOINT" "$@"; }
export RCLONE_CONFIG=$WORK/rclone.conf; : >"$RCLONE_CONFIG"
export RCLONE_CONFIG_S3_TYPE=s3 RCLONE_CONFIG_S3_PROVIDER=Ceph RCLONE_CONFIG_S3_ENV_AUTH=true RCLONE_CONFIG_S3_ENDPOINT=$ENDPOINT

SEED=$WORK/seed/postgres-v17
mkdir -p "$SEED/base/20261101T000000"
head -c 300000000 /dev/urandom >"$SEED/base/20261101T000000/data.tar"
printf 'status=DONE\n' >"$SEED/base/20261101T000000/backup.info"
head -c 82000000 /dev/urandom >"$WORK/noise"
for log in $(seq 0 19); do mkdir -p "$SEED/wals/$(printf '00000001%08X' "$log")"; done
for ((i = 0; i < 5000; i++)); do
  dd if="$WORK/noise" of="$(printf '%s/wals/00000001%08X/00000001%08X%08X' "$SEED" $((i / 256)) $((i / 256)) $((i % 256)))" bs=16384 count=1 skip=$i status=none
done
rm "$WORK/noise"
aws s3 mb "s3://$BUCKET" >/dev/null
rclone copy --quiet --transfers 32 "$WORK/seed" "s3:$BUCKET" 
rm -rf "$WORK/seed"

for ((run = 1; run <= RUNS; run++)); do
  echo "folder move, run $run of $RUNS" >&2
  timed move "cnpg-restore rename -r" "$CNPG_RESTORE" rename -r postgres-v17 postgres-v17-b -b "s3://$BUCKET" -e "$ENDPOINT" --yes
  timed move "aws s3 mv --recursive" "$AWS" --endpoint-url "$ENDPOINT" s3 mv --recursive --only-show-errors "s3://$BUCKET/postgres-v17-b/" "s3://$BUCKET/postgres-v17-c/"
  # A minute is enough once for what takes that long.
  if [ "$run" = 1 ]; then
    timed move "rclone moveto, defaults" rclone moveto "s3:$BUCKET/postgres-v17-c" "s3:$BUCKET/postgres-v17-d"
    rclone moveto --transfers 32 "s3:$BUCKET/postgres-v17-d" "s3:$BUCKET/postgres-v17-c"
  fi
  timed move "rclone moveto, 32 transfers" rclone moveto --transfers 32 "s3:$BUCKET/postgres-v17-c" "s3:$BUCKET/postgres-v17"
done
table move "cnpg-restore rename -r"
rclone purge --quiet "s3:$BUCKET" 
