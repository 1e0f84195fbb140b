#!/bin/bash
# Ends what start.sh or api.sh started in $dir, also after a crash, and removes it.
set -uo pipefail
[ -e "$dir/host" ] || exit 0 # Nobody has started anything in it.
exec 9<"$dir"
flock 9 # Two may stop it at the same time; the second finds nothing left.
number=
[ ! -e "$dir/network" ] || . "$dir/network"

# A process id may be stale and belong to somebody else by now: its environment tells. It is that of unshare, which ends when the first process of
# the node has, and that ends after all the others.
if pid=$(cat "$dir/pid" 2>/dev/null) && grep -qzxF "dir=$dir" "/proc/$pid/environ" 2>/dev/null; then
  pkill -KILL --parent "$pid" || kill -KILL "$pid"
  tail --sleep-interval 0.1 --pid "$pid" -f /dev/null
fi
if [ -n "$number" ]; then
  nft delete table ip "cnpg-restore-$number" 2>/dev/null
  ip link delete "cnpg$number" 2>/dev/null
  for _ in {1..50}; do
    find /sys/fs/cgroup/cnpg-restore-"$number" /sys/fs/cgroup/*/cnpg-restore-"$number" -depth -type d -exec rmdir {} \; 2>/dev/null
    compgen -G "/sys/fs/cgroup/cnpg-restore-$number" >/dev/null || compgen -G "/sys/fs/cgroup/*/cnpg-restore-$number" >/dev/null || break
    sleep 0.1
  done
fi
[ ! -e "$dir/host" ] || rm -rf "$dir"
