#!/bin/bash
# What happens in the demo; demo/demo.sh prepares the surroundings. Every command that is shown is the one that runs.
set -euo pipefail

export AWS_ACCESS_KEY_ID=AKTEST AWS_SECRET_ACCESS_KEY=SKTEST AWS_DEFAULT_REGION=us-east-1
export AWS_ENDPOINT_URL=$ENDPOINT CNPG_RESTORE_STATE=$HOME/state TMPDIR=$HOME
export PGDATA=$HOME/data PGHOST=$HOME/socket PGUSER=postgres
export PATH=$HOME:/usr/lib/postgresql/15/bin:$PATH
barman="--endpoint-url $ENDPOINT"

bold='' plain='' dim=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[36m' plain=$'\e[0m'; fi

chapter=0
tell() { chapter=$((chapter + 1)); printf '\n%s%d. %s%s\n' "$bold" "$chapter" "$*" "$plain"; }

run() { printf '%s$ %s%s\n' "$dim" "$1" "$plain"; eval "$1"; }

archived() {
  local segment
  segment=$(psql -XAtqc "SELECT pg_walfile_name(pg_switch_wal())")
  for _ in {1..600}; do
    [ -f "$PGDATA/pg_wal/archive_status/$segment.done" ] && return
    sleep 0.1
  done
  echo "WAL segment $segment was not archived within a minute; PostgreSQL's log ends with:" >&2
  tail -n 5 "$HOME/log" >&2
  return 1
}

tell "A PostgreSQL that archives to s3://cloudnative-pg/postgres-v17, as CloudNativePG sets it up"
initdb -U postgres -A trust --no-sync --no-instructions >/dev/null
cat >>"$PGDATA/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$PGHOST'
fsync = off
archive_mode = on
archive_command = 'barman-cloud-wal-archive $barman --gzip s3://cloudnative-pg postgres-v17 %p'
CONF
run "pg_ctl start -s -w -l $HOME/log"

tell "Work of some months: 10,000 customers and 90,000 orders; then the nightly base backup"
run "psql -Xq <<'SQL'
CREATE TABLE customers AS SELECT id, 'customer ' || id AS name FROM generate_series(1, 10000) id;
CREATE TABLE orders AS SELECT id, id % 10000 + 1 AS customer, round(random()::numeric * 100, 2) AS amount FROM generate_series(1, 90000) id;
SQL"
run "barman-cloud-backup $barman --gzip --immediate-checkpoint s3://cloudnative-pg postgres-v17"

tell "Work goes on after the backup: 5,000 more orders, in the WAL only"
run "psql -Xqc \"INSERT INTO orders SELECT id, 1, 9.99 FROM generate_series(90001, 95000) id\""
moment=$(psql -XAtqc "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
echo "It is $moment, and all is well."

tell "The mistake"
run "psql -Xqc 'DROP TABLE orders'"
archived
echo "The cluster is stopped at once: nobody may write to the archive that is to bring it back."
run "pg_ctl stop -s -m fast"

tell "What is in the bucket? No Kubernetes and no PostgreSQL is needed to tell"
run "cnpg-restore backups list --server postgres-v17"
run "cnpg-restore backups check --server postgres-v17 --target-time $moment"

tell "A recovered cluster would archive under the old name again, and Barman forbids that while the folder is in use"
if run "barman-cloud-check-wal-archive $barman s3://cloudnative-pg postgres-v17"; then
  echo "demo: the archive was expected not to be empty" >&2
  exit 1
fi

tell "So the folder gets another name: copied on the server, proven object by object, only then removed"
run "cnpg-restore rename -r postgres-v17 postgres-v17-backup --yes"
run "barman-cloud-check-wal-archive $barman s3://cloudnative-pg postgres-v17 && echo empty: a new cluster may archive here"

tell "Does the backup really restore, to right before the mistake? A drill: on this machine, into a throw-away PostgreSQL"
echo "SELECT count(*) = 95000 FROM orders;" >check.sql
echo "SELECT count(*) = 10000 FROM customers;" >>check.sql
run "cat check.sql"
run "cnpg-restore drill --server postgres-v17-backup --target-time $moment --check-sql check.sql"
echo
