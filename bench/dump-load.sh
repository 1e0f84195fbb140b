#!/usr/bin/env bash
# A plain dump with one dominant table, four others, indexes and foreign keys, loaded into a new database by each program; pg_restore gets the same
# data in custom format, which is what it can load in parallel.
# usage: dump-load.sh   prints a Markdown table. SCALE says how much data (default 4: about a GB of text, two of database).
. "$(dirname "$0")/lib.sh"
SCALE=${SCALE:-4}
PG=/usr/lib/postgresql/15/bin DATA=$WORK/data
export PGHOST=$WORK PGUSER=postgres PGDATABASE=postgres TMPDIR=$WORK

as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres --preserve-environment -- env -C "$WORK" "$@"; else "$@"; fi; }
finish() { as_postgres "$PG/pg_ctl" stop -s -m immediate -D "$DATA" 2>/dev/null || true; rm -rf "$WORK"; }
trap finish EXIT
if [ "$(id -u)" = 0 ]; then chown postgres: "$WORK"; fi
sql() { as_postgres "$PG/psql" -Xq -v ON_ERROR_STOP=1 "$@"; }
# As much for each run: no table, no file of the former one, nothing waiting to be written.
fresh() { sql -c 'DROP DATABASE IF EXISTS shop WITH (FORCE)' -c 'CREATE DATABASE shop TEMPLATE template0' -c CHECKPOINT 2>/dev/null; }

# Adds "step seconds" of the run before to $WORK/steps; what it took before its first step is looking at the dump and at the server.
steps() {
  grep '"step_finished"' "$WORK/out" | sed -E 's/.*"step":"([a-z-]+)".*"seconds":([0-9.]+).*/\1\t\2/' >"$WORK/step"
  awk -F'\t' -v whole="$(tail -1 "$WORK/load.time" | cut -d' ' -f1)" '{ print; sum += $2 } END { printf "inspect, plan\t%.2f\n", whole - sum }' "$WORK/step" >>"$WORK/steps"
  sed -nE 's/.*; rows ([0-9.]+) s, indexes and keys ([0-9.]+) s.*/load: rows\t\1\nload: indexes, keys\t\2/p' "$WORK/out" >>"$WORK/steps"
}
median_of() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
# The step that does what psql does, beside the whole of psql.
loader_alone() {
  local load psql
  load=$(awk -F'\t' '$1 == "load" { print $2 }' "$WORK/steps" | median_of)
  psql=$(awk -F'\t' '$1 == "psql -f" { print $2 }' "$WORK/load" | median_of)
  awk -v load="$load" -v psql="$psql" 'BEGIN { printf "The step load alone, which is what psql does: %.2f s, %.2f of psql.\n", load, load / psql }'
}
step_table() {
  echo "| step of cnpg-restore | seconds (median) | min..max |"
  echo "|---|---:|---:|"
  local step
  for step in "inspect, plan" create-database load "load: rows" "load: indexes, keys" sequences analyze carry-over verify swap; do
    awk -F'\t' -v step="$step" '$1 == step { print $2 }' "$WORK/steps" | sort -n |
      awk -v step="$step" '{ v[NR] = $1 } END { printf "| %s | %.2f | %.2f..%.2f |\n", step, v[int((NR + 1) / 2)], v[1], v[NR] }'
  done
}

echo "preparing a dump (a minute or two) ..." >&2
as_postgres "$PG/initdb" -D "$DATA" -U postgres -E UTF8 --locale=C.UTF-8 -A trust --no-sync >/dev/null
cat >>"$DATA/postgresql.conf" <<C
listen_addresses = ''
unix_socket_directories = '$WORK'
shared_buffers = 1GB
max_wal_size = 8GB
wal_level = logical
autovacuum = off
C
as_postgres "$PG/pg_ctl" start -s -w -D "$DATA" -l "$WORK/log"
fresh
sql -d shop -v k="$SCALE" <<'S'
CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL, email text NOT NULL, country text, created timestamptz);
CREATE TABLE products (id integer PRIMARY KEY, name text, price numeric(10, 2));
CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint NOT NULL, product integer NOT NULL, amount numeric(12, 2), ordered timestamptz, note text, status text);
CREATE TABLE events (id bigint PRIMARY KEY, customer bigint NOT NULL, at timestamptz, kind text, body text);
CREATE TABLE sessions (id uuid PRIMARY KEY, customer bigint, at timestamptz, agent text);
INSERT INTO customers SELECT g, 'Customer ' || g, md5(g::text) || '@example.org', chr(65 + g % 26), '2020-01-01Z'::timestamptz + g * interval '7 min' FROM generate_series(1, 200000 * :k) g;
INSERT INTO products SELECT g, 'Product ' || g, g % 1000 FROM generate_series(1, 20000) g;
INSERT INTO orders SELECT g, 1 + (g::bigint * 7919) % (200000 * :k), 1 + g % 20000, (g % 100000) / 100.0, '2021-01-01Z'::timestamptz + g * interval '13 s',
  md5(g::text) || ' ' || md5((g + 1)::text), (ARRAY['new', 'paid', 'sent', 'back'])[1 + g % 4] FROM generate_series(1, 1600000 * :k) g;
INSERT INTO events SELECT g, 1 + (g::bigint * 104729) % (200000 * :k), '2022-01-01Z'::timestamptz + g * interval '1 min', 'kind ' || g % 20, repeat(md5(g::text), 3)
  FROM generate_series(1, 300000 * :k) g;
INSERT INTO sessions SELECT md5(g::text)::uuid, 1 + g % (200000 * :k), '2023-01-01Z'::timestamptz + g * interval '1 min', 'agent ' || g FROM generate_series(1, 250000 * :k) g;
CREATE UNIQUE INDEX customers_email ON customers (email);
CREATE INDEX orders_customer ON orders (customer);
CREATE INDEX orders_product ON orders (product);
CREATE INDEX orders_ordered ON orders (ordered);
CREATE INDEX events_customer ON events (customer);
CREATE INDEX events_kind ON events (kind, at);
CREATE INDEX sessions_customer ON sessions (customer);
ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers, ADD FOREIGN KEY (product) REFERENCES products;
ALTER TABLE events ADD FOREIGN KEY (customer) REFERENCES customers;
ALTER TABLE sessions ADD FOREIGN KEY (customer) REFERENCES customers;
S
as_postgres "$PG/pg_dump" -d shop -f "$WORK/shop.sql"
as_postgres "$PG/pg_dump" -d shop -Fc -Z1 -f "$WORK/shop.dump"

for ((run = 1; run <= RUNS; run++)); do
  echo "dump load, run $run of $RUNS" >&2
  fresh
  timed load "cnpg-restore from-dump" "$CNPG_RESTORE" from-dump --local "$WORK/shop.sql" --to "postgres://postgres@/shop?host=$WORK" --engine parallel --jobs 2 --yes -o json
  steps
  fresh
  timed load "psql -f" "$PG/psql" -Xq -v ON_ERROR_STOP=1 -d shop -f "$WORK/shop.sql"
  fresh
  timed load "pg_restore -j2 (custom)" "$PG/pg_restore" -j2 -d shop "$WORK/shop.dump"
done
echo "A plain dump of $(du -m --apparent-size "$WORK/shop.sql" | cut -f1) MB. Only cnpg-restore inspects the dump, gathers statistics and counts every row afterwards; that is in its time."
echo
table load "cnpg-restore from-dump"
echo
loader_alone
echo
step_table
