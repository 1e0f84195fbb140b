#!/bin/bash
# Ends what start.sh or api.sh started in $dir, also after a crash, and removes it.
set -uo pipefail
number=
[ ! -e "$dir/network" ] || . "$dir/network"

# A process id may be stale and belong to somebody else by now: its environment tells.
pid=$(cat "$dir/pid" 2>/dev/null) && grep -qzxF "dir=$dir" "/proc/$pid/environ" 2>/dev/null && kill -KILL "$pid" && tail --sleep-interval 0.1 --pid "$pid" -f /dev/null
if [ -n "$number" ]; then
  nft delete table ip "cnpg-restore-$number" 2>/dev/null
  ip link delete "cnpg$number" 2>/dev/null
  for _ in {1..50}; do
    find /sys/fs/cgroup/cnpg-restore-"$number" /sys/fs/cgroup/*/cnpg-restore-"$number" -depth -type d -exec rmdir {} \; 2>/dev/null
    compgen -G "/sys/fs/cgroup/cnpg-restore-$number" >/dev/null || compgen -G "/sys/fs/cgroup/*/cnpg-restore-$number" >/dev/null || break
    sleep 0.1
  done
fi
rm -rf "$dir"
