#!/usr/bin/env bash
# All benchmarks against one S3 server of this machine; writes docs/performance.md. RUNS says how often each program runs (default 3).
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d /var/tmp/cnpg-restore-bench-s3.XXXXXX)
trap 'testbed/s3.sh stop "$dir"; rm -rf "$dir"' EXIT
endpoint=$(testbed/s3.sh start "$dir")
page=$dir/performance.md
{
  cat <<P
# Performance

Whole programs, one after the other in turn, against the same S3 server (Ceph RADOS Gateway in memory) on the same machine; figures are
medians. Absolute seconds belong to that machine; the last column is what to look at.

Measured by \`make bench\` on $(date -u +%Y-%m-%d): $(nproc) processors ($(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)), $(free -g | awk '/^Mem/ { print $2 }') GiB,
load before the start $(cut -d' ' -f1 /proc/loadavg); $(bin/cnpg-restore --version | sed 's/^/cnpg-restore /'), $(/usr/bin/aws --version 2>&1 | cut -d' ' -f1), $(rclone version | head -1), barman $(barman-cloud-restore --version | awk '{ print $2 }'), PostgreSQL $(/usr/lib/postgresql/15/bin/postgres --version | awk '{ print $3 }').

## Folder move: 5,000 WAL objects of 16 KB and a tar of 300 MB

Moved inside the bucket, source removed. Only cnpg-restore proves the target before it removes anything; its proof is in the time.

P
  bench/folder-move.sh "$endpoint"
  printf '\n## Listing 100,000 keys\n\nOnly cnpg-restore tells what they mean; the others print their names.\n\n'
  bench/listing.sh "$endpoint"
  printf '\n## Drill\n\n'
  bench/drill.sh "$endpoint"
  printf '\n## Load of a plain dump\n\n'
  bench/dump-load.sh
  printf '\n## Inspection of a large dump\n\nMemory does not grow with it; `GB=20 bench/dump-inspect.sh` shows it: docs/reliability.md has the table.\n\n'
  bench/dump-inspect.sh
  printf '\n## Start-up\n\n'
  bench/start-up.sh
  printf '\n## Many WAL segments\n\n`bench/million-segments.sh` by itself goes on to a million.\n\n'
  SEGMENTS="10000 100000" bench/million-segments.sh
} >"$page"
install -m 644 "$page" docs/performance.md
cat docs/performance.md
