#!/bin/bash
# The first process of a node, inside its namespaces: prepares them, starts the programs, and collects ended processes. When it is killed,
# the kernel kills every other process of the node and takes its mounts and its network away.
set -euo pipefail
. "$dir/network"
. "$here/control-plane.sh"

# A kubelet sets these for the whole machine unless it finds them so.
pretend_tunables() {
  local tunable file
  for tunable in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 kernel/keys/root_maxkeys=1000000 \
    kernel/keys/root_maxbytes=25000000; do
    file=$dir/tunables/${tunable%=*}
    mkdir -p "$(dirname "$file")"
    echo "${tunable#*=}" >"$file"
    mount --bind "$file" "/proc/sys/${tunable%=*}"
  done
}

# What the programs insist on writing outside of $dir goes to memory, or into $dir.
private_folders() {
  mount -t tmpfs tmpfs /run
  mkdir -p /run/netns /var/lib/cni /tmp/hostpath_pv
  mount -t tmpfs tmpfs /var/lib/cni
  mount --bind "$dir/log" /var/log
  mount --bind "$dir/volumes" /tmp/hostpath_pv
}

join_network() {
  ip link set lo up
  until ip link set eth0 up 2>/dev/null; do sleep 0.02; done
  ip addr add "$address/30" dev eth0
  ip route add default via "$host"
  echo 1 >/proc/sys/net/ipv4/ip_forward
  # A pod that calls a Service whose pod is on the same bridge comes back through the Service.
  echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables || true
}

configure() {
  mkdir -p "$dir"/{cni,containerd,kubelet}
  : >"$dir/resolv.conf"
  sed "s|@DIR@|$dir|" "$here/containerd.toml" >"$dir/containerd.toml"
  sed "s|@PODS@|$pods|" "$here/cni.json" >"$dir/cni/10-bridge.conflist"
  sed "s|@DIR@|$dir|; s|@ADDRESS@|$address|; s|@CGROUP@|/cnpg-restore-$number|" "$here/kubelet.yaml" >"$dir/kubelet.yaml"
}

import_images() {
  local image
  until_true 120 containerd ctr version
  for image in "$cache"/images/*.tar; do ctr --namespace k8s.io images import "$image"; done
}

# As systemd does on a real node: a kubelet gives up when another program's cgroup vanishes while it first looks at them.
keep_running() { while true; do "$@" || sleep 0.5; done; }

pretend_tunables
private_folders
join_network
configure
components=$dir/components
start containerd containerd --config "$dir/containerd.toml"
start images import_images
start_api 2379 0.0.0.0 6443 --advertise-address "$address" --service-cluster-ip-range "$services" --kubelet-preferred-address-types InternalIP
# Else the kubelet asks for 6 s whether this is a machine of AWS.
AWS_EC2_METADATA_DISABLED=true start kubelet keep_running "$programs/kubelet" --config "$dir/kubelet.yaml" \
  --kubeconfig "$components/kubelet.kubeconfig" --root-dir "$dir/kubelet" \
  --container-runtime remote --container-runtime-endpoint unix:///run/containerd/containerd.sock --hostname-override "$node" --node-ip "$address"
until_true 120 'an answer of the API server' kubectl get --raw /readyz
start kube-scheduler "$programs/kube-scheduler" --kubeconfig "$components/kube-scheduler.kubeconfig" --leader-elect=false --secure-port 0 --port 0
start kube-proxy "$programs/kube-proxy" --kubeconfig "$components/kube-proxy.kubeconfig" --hostname-override "$node" --cluster-cidr "$pods" \
  --proxy-mode iptables --iptables-min-sync-period 100ms --conntrack-max-per-core 0 --conntrack-tcp-timeout-established 0 \
  --conntrack-tcp-timeout-close-wait 0
start cluster-dns "$programs/cluster-dns" --kubeconfig "$components/cluster-dns.kubeconfig" --listen "$address:53"
# The garbage collector looks for new kinds only twice a minute, but knows those that are there when it starts.
create_definitions
umask 0 # Volumes are folders that the controller manager makes.
start kube-controller-manager "$programs/kube-controller-manager" --kubeconfig "$components/kube-controller-manager.kubeconfig" --leader-elect=false \
  --use-service-account-credentials --service-account-private-key-file "$dir/certificates/service-accounts.key" \
  --root-ca-file "$dir/certificates/ca.crt" --secure-port 0 --port 0 --enable-hostpath-provisioner --feature-gates TTLAfterFinished=true \
  --kube-api-qps 200 --kube-api-burst 300
wait
