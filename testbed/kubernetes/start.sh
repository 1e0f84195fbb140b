#!/bin/bash
# Starts a node in namespaces of its own: one process id to end, one network, and nothing of it in this machine's mounts.
set -euo pipefail
owner=$1 node=node-1
export programs=$cache/bin
. "$here/control-plane.sh"

# The first free pair of interfaces is also the number of the node on this machine: sixteen can run side by side.
reserve_number() {
  for number in {0..15}; do
    ip link add "cnpg$number" type veth peer name "cnpg${number}n" 2>/dev/null && return
  done
  echo "kubernetes: sixteen nodes run on this machine; end one first" >&2
  return 1
}

# Pods, and this machine itself, reach at $host what listens on 127.0.0.1 here; no server has to listen anywhere else.
connect_host() {
  ip addr add "$host/30" dev "cnpg$number"
  ip link set "cnpg$number" up
  ip route replace "$pods" via "$address"
  ip route replace "$services" via "$address"
  echo 1 >"/proc/sys/net/ipv4/conf/cnpg$number/route_localnet"
  nft -f - <<NFT
table ip cnpg-restore-$number {
  chain prerouting { type nat hook prerouting priority dstnat; ip daddr $host dnat to 127.0.0.1; }
  chain output { type nat hook output priority -100; ip daddr $host dnat to 127.0.0.1; }
}
NFT
}

has_own_network() { [ "$(readlink /proc/self/ns/net)" != "$(readlink "/proc/$pid/ns/net")" ]; }

make_cgroups() {
  local hierarchy
  for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ ! -e "$hierarchy/cgroup.procs" ] || mkdir -p "$hierarchy/cnpg-restore-$number"
  done
}

failed() {
  { grep -hE '^(F[0-9]{4} |panic:|fatal error:)' "$dir"/log/*.log || tail -n 5 "$dir"/log/*.log; } >&2
  "$here/stop.sh"
  exit 1
}

mkdir -p "$dir"/{bin,log,volumes}
chmod 700 "$dir"
ln -sf "$programs/kubectl" "$dir/bin/kubectl"
reserve_number
trap failed ERR
set -E
host=10.199.$number.1
echo "$host" >"$dir/host"
address=10.199.$number.2 pods=10.200.$((number * 16)).0/20 services=10.201.$((number * 16)).0/20
printf '%s=%s\n' number "$number" host "$host" address "$address" pods "$pods" services "$services" node "$node" >"$dir/network"
make_certificates "$address" "10.201.$((number * 16)).1"
write_kubeconfigs "https://$address:6443"
make_cgroups
setsid unshare --net --mount --pid --fork --kill-child --mount-proc "$here/node.sh" >"$dir/log/node.log" 2>&1 </dev/null &
pid=$!
disown
echo "$pid" >"$dir/pid"
watch_owner "$owner"
until_true 5 'a network of its own' has_own_network
ip link set "cnpg${number}n" netns "$pid" name eth0
connect_host
until_true 120 'its images' grep -q 'postgres-older-psql.*done' "$dir/log/images.log"
until_true 120 'a node that is ready' kubectl wait --timeout 120s --for condition=Ready "node/$node"
until_true 120 'a service account' kubectl get serviceaccount default
echo "$dir/kubeconfig"
