#!/usr/bin/env bash
# dumps inspect on one large dump: time, speed and memory of the whole program; fails above 200 MB or when a row is not counted. The text is made here: rows in
# one table, as plain text, and packed.
# usage: dump-inspect.sh   prints a Markdown table. GB says how much text (default 2); as much has to fit on the disk of TMPDIR.
. "$(dirname "$0")/lib.sh"
trap 'rm -rf "$WORK"' EXIT
GB=${GB:-2} LIMIT_MB=200
ROWS_IN_BLOCK=8000

head_of() {
  printf -- '--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.14\n-- Dumped by pg_dump version 15.14\n\n'
  printf "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\nCREATE TABLE public.orders (\n    id bigint,\n    note text,\n    ordered timestamp with time zone\n);\n\n"
  printf 'COPY public.orders (id, note, ordered) FROM stdin;\n'
}
# The same block again and again is as long to read as any other; a backslash, an empty value and a lone dot are what the reader has to look at.
awk -v n=$ROWS_IN_BLOCK 'BEGIN { for (i = 1; i <= n; i++) { x = i * 7919 % 1000003;
  printf "%d\t%s\t2026-03-%02d 10:%02d:%02d.%06d+00\n", x * 1000 + i, i % 50 ? sprintf("%x note %x of %d, paid", x * 104729, x * 7, i) : "a\\\\.\\n\\.b\\t.", 1 + i % 28, i % 60, x % 60, x } }' >"$WORK/block"
size=$(stat -c %s "$WORK/block")
for _ in {1..100}; do cat "$WORK/block"; done >"$WORK/blocks"
write() { # GB
  local parts=$(($1 * 1000000000 / (size * 100) + 1)) i
  rows=$((parts * 100 * ROWS_IN_BLOCK))
  head_of
  for ((i = 0; i < parts; i++)); do cat "$WORK/blocks"; done
  printf '\\.\n\nALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);\n\n--\n-- PostgreSQL database dump complete\n--\n\n'
}
inspect() { # NAME FILE GB
  timed inspect "$1" "$CNPG_RESTORE" dumps inspect -o json "$2"
  local expected=$(($3 * 1000000000 / (size * 100) + 1)); expected=$((expected * 100 * ROWS_IN_BLOCK))
  grep -q "\"rows\":$expected" "$WORK/out" && grep -q '"state":"complete"' "$WORK/out" || { echo "bench: not every one of $expected rows was counted" >&2; head -c 2000 "$WORK/out" >&2; exit 1; }
  awk -F'\t' -v name="$1" -v gb="$3" -v limit="$LIMIT_MB" '$1 == name { s = $2; c = $3; m = $4 / 1024 }
    END { printf "| %s | %d GB | %.1f | %.0f | %.1f | %.0f (limit %d) |\n", name, gb, s, gb * 1000 / s, c, m, limit; exit m > limit }' "$WORK/inspect" >>"$WORK/rows"
}

echo "making dumps of $GB GB of text ..." >&2
write "$GB" >"$WORK/plain.sql"
inspect "plain" "$WORK/plain.sql" "$GB"
rm "$WORK/plain.sql"
write "$GB" | zstd -q -1 >"$WORK/dump.sql.zst"
inspect "zstd" "$WORK/dump.sql.zst" "$GB"
rm "$WORK/dump.sql.zst"
write "$GB" | gzip -1 >"$WORK/dump.sql.gz"
inspect "gzip" "$WORK/dump.sql.gz" "$GB"
echo "| dump | text | seconds | MB/s of text | CPU s | peak MB |"
echo "|---|---:|---:|---:|---:|---:|"
cat "$WORK/rows"
