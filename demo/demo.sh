#!/bin/bash
# The main job as a story on the terminal: demo/story.sh with real servers of its own below /var/tmp. Leaves nothing behind, however it ends.
set -euo pipefail
cd "$(dirname "$0")/.."

# PostgreSQL refuses to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

finish() {
  local code=$?
  trap - EXIT
  if [ -f "$dir/data/postmaster.pid" ]; then
    as_postgres /usr/lib/postgresql/15/bin/pg_ctl stop -m immediate -s -D "$dir/data" || true
  fi
  testbed/s3.sh stop "$dir/s3"
  rm -rf "$dir"
  if [ "$code" = 0 ]; then
    echo "OK: the orders are back. That took $SECONDS seconds, and nothing is left running."
  else
    echo "FAILED with exit code $code after $SECONDS seconds; nothing is left running." >&2
  fi
  exit "$code"
}

echo "A real PostgreSQL, a real S3 server, real Barman backups: a database is hurt and brought back. About a minute."
dir=$(mktemp -d /var/tmp/cnpg-restore-demo.XXXXXX)
trap finish EXIT
trap 'exit 130' INT TERM

# The postgres user may not be able to read this repository.
install -m 755 bin/cnpg-restore demo/story.sh "$dir"
endpoint=$(testbed/s3.sh start "$dir/s3")
install -d -m 700 "$dir/data" "$dir/state"
install -d -m 755 "$dir/socket"
if [ "$(id -u)" = 0 ]; then chown postgres: "$dir" "$dir/data" "$dir/state" "$dir/socket"; fi
as_postgres env -C "$dir" HOME="$dir" ENDPOINT="$endpoint" ./story.sh
