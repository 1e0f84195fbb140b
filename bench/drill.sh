#!/usr/bin/env bash
# Restore of a real Barman folder, side by side with barman-cloud-restore and barman-cloud-wal-restore: the base backup alone, and the replay of
# 40 WAL segments by the same PostgreSQL on the same restored files.
# usage: drill.sh ENDPOINT   prints two Markdown tables.
. "$(dirname "$0")/lib.sh"
ENDPOINT=$1 BUCKET=bench-drill SEGMENTS=${SEGMENTS:-40}
PG=/usr/lib/postgresql/15/bin DATA=$WORK/data
export PGHOST=$WORK PGUSER=postgres PGDATABASE=postgres TMPDIR=$WORK AWS_ENDPOINT_URL=$ENDPOINT

as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres --preserve-environment -- env -C "$WORK" "$@"; else "$@"; fi; }
finish() { as_postgres "$PG/pg_ctl" stop -s -m immediate -D "$DATA" 2>/dev/null || true; rm -rf "$WORK"; }
trap finish EXIT
if [ "$(id -u)" = 0 ]; then chown postgres: "$WORK"; fi
install -m 755 "$CNPG_RESTORE" "$WORK/cnpg-restore"

configure() { # DIR: an own socket, no durability: the same for both sides
  cat >>"$1/postgresql.conf" <<C
listen_addresses = ''
unix_socket_directories = '$WORK'
fsync = off
full_page_writes = off
autovacuum = off
max_wal_size = 4GB
C
}
measure() { # NAME TOOL SECONDS
  printf '%s\t%s\t0\t0\n' "$2" "$3" >>"$WORK/$1"; printf '  %-28s %8.2f s\n' "$2" "$3" >&2
}
field() { sed -E "s/.*\"$1\":([0-9.]+).*/\1/"; }

echo "preparing a base backup of about 200 MB and $SEGMENTS WAL segments (a minute or two) ..." >&2
"$AWS" --endpoint-url "$ENDPOINT" s3 mb "s3://$BUCKET" >/dev/null
as_postgres "$PG/initdb" -D "$DATA" -U postgres -A trust --no-sync >/dev/null
configure "$DATA"
cat >>"$DATA/postgresql.conf" <<C
archive_mode = on
archive_command = 'barman-cloud-wal-archive --endpoint-url $ENDPOINT --gzip s3://$BUCKET postgres-v17 %p'
C
as_postgres "$PG/pg_ctl" start -s -w -D "$DATA" -l "$WORK/log"
as_postgres "$PG/pgbench" -i -q -s 12 postgres 2>/dev/null
as_postgres barman-cloud-backup --endpoint-url "$ENDPOINT" --gzip --immediate-checkpoint "s3://$BUCKET" postgres-v17
for ((i = 0; i < SEGMENTS; i++)); do
  as_postgres "$PG/psql" -Xqc "UPDATE pgbench_accounts SET abalance = abalance + 1 WHERE aid % ($SEGMENTS * 4) = $i" -c "SELECT pg_switch_wal()" >/dev/null
done
last=$(as_postgres "$PG/psql" -XAtqc "SELECT pg_walfile_name(pg_switch_wal())")
for _ in {1..3000}; do [ -f "$DATA/pg_wal/archive_status/$last.done" ] && break; sleep 0.1; done
as_postgres "$PG/pg_ctl" stop -s -m fast -D "$DATA"
backup=$("$AWS" --endpoint-url "$ENDPOINT" s3 ls "s3://$BUCKET/postgres-v17/base/" | awk '{ print $2 }' | tr -d /)

replayed=0
for ((run = 1; run <= RUNS; run++)); do
  echo "drill, run $run of $RUNS" >&2
  report=$(as_postgres ./cnpg-restore drill --server postgres-v17 -b "s3://$BUCKET" -e "$ENDPOINT" --no-amcheck -q -o json)
  measure base "cnpg-restore drill" "$(field base_seconds <<<"$report")"
  measure replay "cnpg-restore drill" "$(field replay_seconds <<<"$report")"
  replayed=$(field segments_replayed <<<"$report")

  rm -rf "$WORK/restored"
  begin=$(date +%s.%N)
  as_postgres barman-cloud-restore --endpoint-url "$ENDPOINT" "s3://$BUCKET" postgres-v17 "$backup" "$WORK/restored"
  measure base "barman-cloud-restore" "$(echo "$(date +%s.%N) $begin" | awk '{ print $1 - $2 }')"
  configure "$WORK/restored"
  cat >>"$WORK/restored/postgresql.conf" <<C
archive_mode = off
restore_command = 'barman-cloud-wal-restore --endpoint-url $ENDPOINT s3://$BUCKET postgres-v17 %f %p'
C
  as_postgres touch "$WORK/restored/recovery.signal"
  chmod 700 "$WORK/restored"
  begin=$(date +%s.%N)
  as_postgres "$PG/pg_ctl" start -s -w -t 600 -D "$WORK/restored" -l "$WORK/log"
  until [ "$(as_postgres "$PG/psql" -XAtqc 'SELECT pg_is_in_recovery()' 2>/dev/null)" = f ]; do sleep 0.1; done
  measure replay "barman-cloud-wal-restore" "$(echo "$(date +%s.%N) $begin" | awk '{ print $1 - $2 }')"
  as_postgres "$PG/pg_ctl" stop -s -m immediate -D "$WORK/restored"
done
echo "Base backup of $("$AWS" --endpoint-url "$ENDPOINT" s3 ls --recursive "s3://$BUCKET/postgres-v17/base/" | awk '{ s += $3 } END { printf "%.0f", s / 1e6 }') MB (gzip), download and extraction:"
echo
table base "cnpg-restore drill" | cut -d'|' -f1-4,7-
echo
echo "Replay of $replayed WAL segments (gzip) by the same PostgreSQL, until it accepts connections:"
echo
table replay "cnpg-restore drill" | cut -d'|' -f1-4,7-
"$AWS" --endpoint-url "$ENDPOINT" s3 rb --force "s3://$BUCKET" >/dev/null
