#!/bin/bash
# Starts etcd and API server on loopback, for tests that need no pods. A folder with both in KUBEBUILDER_ASSETS is used instead of our own.
set -euo pipefail
owner=$1 node=none
. "$here/control-plane.sh"
export programs=${KUBEBUILDER_ASSETS:-$cache/bin}

# Below the range that the kernel gives to outgoing connections.
free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000))
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  return 1
}

# The first process of its own process namespace: when it is killed, the kernel kills the others.
serve() {
  start_api "$etcd_port" 127.0.0.1 "$port" --service-cluster-ip-range 10.201.0.0/20
  wait
}

failed() {
  { grep -hE '^(F[0-9]{4} |panic:|fatal error:)' "$dir"/log/*.log || tail -n 5 "$dir"/log/*.log; } >&2
  "$here/stop.sh"
  exit 1
}

mkdir -p "$dir"/{bin,log}
chmod 700 "$dir"
ln -sf "$programs/kubectl" "$dir/bin/kubectl"
trap failed ERR
set -E
port=$(free_port) etcd_port=$(free_port)
echo 127.0.0.1 >"$dir/host"
make_certificates
write_kubeconfigs "https://127.0.0.1:$port"
export -f serve start_api start program
export etcd_port port
as_user=()
[ "$(id -u)" = 0 ] || as_user=(--user --map-current-user)
setsid unshare "${as_user[@]}" --pid --fork --kill-child bash -c serve >"$dir/log/api.log" 2>&1 </dev/null &
echo $! >"$dir/pid"
disown
watch_owner "$owner"
until_true 120 'an answer of the API server' kubectl get --raw /readyz
create_definitions
echo "$dir/kubeconfig"
