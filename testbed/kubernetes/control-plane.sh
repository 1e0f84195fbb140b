# shellcheck shell=bash disable=SC2154
# Certificates, kubeconfigs, etcd and API server; read by start.sh, node.sh and api.sh. Everything lies in $dir, but the $programs.

# make_certificates ADDRESS...: one authority, a certificate for the server at these addresses, and one for its administrator, as kubeadm does.
make_certificates() {
  local names=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1 address
  for address in "$@"; do names+=,IP:$address; done
  mkdir -p "$dir/certificates"
  certificate ca /CN=kubernetes -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
  certificate server /CN=kube-apiserver "${signed[@]}" -addext "subjectAltName=$names"
  certificate admin /O=system:masters/CN=kubernetes-admin "${signed[@]}" -addext extendedKeyUsage=clientAuth
  openssl ecparam -name prime256v1 -genkey -noout -out "$dir/certificates/service-accounts.key"
}
signed=(-CA "$dir/certificates/ca.crt" -CAkey "$dir/certificates/ca.key" -addext basicConstraints=CA:FALSE)

certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 30 -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n') \
    -subj "$2" "${@:3}" -keyout "$dir/certificates/$1.key" -out "$dir/certificates/$1.crt" 2>>"$dir/log/certificates.log"
}

# Everybody but the administrator has a token, which is the name of the component. The stranger is known and may do nothing.
write_kubeconfigs() {
  local component
  cat >"$dir/tokens.csv" <<CSV
kubelet,system:node:$node,2,"system:nodes"
kube-scheduler,system:kube-scheduler,3
kube-controller-manager,system:kube-controller-manager,4
kube-proxy,system:kube-proxy,5
cluster-dns,cluster-dns,6,"system:masters"
stranger,stranger,7
CSV
  mkdir -p "$dir/components"
  for component in kubelet kube-scheduler kube-controller-manager kube-proxy cluster-dns; do
    kubeconfig "$1" "token: $component" >"$dir/components/$component.kubeconfig"
  done
  kubeconfig "$1" "token: stranger" >"$dir/stranger.kubeconfig"
  kubeconfig "$1" "client-certificate-data: $(encoded admin.crt), client-key-data: $(encoded admin.key)" >"$dir/kubeconfig"
}

# kubeconfig SERVER CREDENTIALS
kubeconfig() {
  cat <<YAML
apiVersion: v1
kind: Config
clusters: [{name: test, cluster: {server: "$1", certificate-authority-data: $(encoded ca.crt)}}]
users: [{name: test, user: {$2}}]
contexts: [{name: test, context: {cluster: test, user: test}}]
current-context: test
YAML
}

encoded() { base64 -w0 "$dir/certificates/$1"; }

# start NAME PROGRAM ARG...: in the background, with its output in log/NAME.log.
start() { "${@:2}" >"$dir/log/$1.log" 2>&1 </dev/null & }

# start_api ETCD_PORT ADDRESS PORT ARG...
start_api() {
  local etcd=http://127.0.0.1:$1 peer=http://127.0.0.1:$(($1 + 1)) keys=$dir/certificates
  start etcd "$(program etcd)" --unsafe-no-fsync --data-dir "$dir/etcd" --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer"
  start kube-apiserver "$(program kube-apiserver)" --etcd-servers "$etcd" --bind-address "$2" --secure-port "$3" \
    --tls-cert-file "$keys/server.crt" --tls-private-key-file "$keys/server.key" --client-ca-file "$keys/ca.crt" --token-auth-file "$dir/tokens.csv" \
    --service-account-key-file "$keys/service-accounts.key" --service-account-signing-key-file "$keys/service-accounts.key" \
    --service-account-issuer https://kubernetes.default.svc --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction \
    --allow-privileged --feature-gates TTLAfterFinished=true "${@:4}"
}

# Debian's etcd is in PATH, that of KUBEBUILDER_ASSETS is beside its API server.
program() { if [ -x "$programs/$1" ]; then echo "$programs/$1"; else echo "$1"; fi; }

# Its cache is kept by the server's address, which the next node will have too.
kubectl() { "$programs/kubectl" --kubeconfig "$dir/kubeconfig" --cache-dir "$dir/cache" "$@"; }

# until_true SECONDS WHAT COMMAND...
until_true() {
  local deadline=$((SECONDS + $1)) what=$2
  until "${@:3}" >>"$dir/log/wait-$$.log" 2>&1; do
    [ $SECONDS -lt "$deadline" ] || { echo "kubernetes: $what not within $1 s; see $dir/log" >&2; return 1; }
    # Inside the node its first process asks, which sees other process ids.
    [ $$ = 1 ] || kill -0 "$(cat "$dir/pid")" 2>/dev/null || { echo "kubernetes: ended while starting; see $dir/log" >&2; return 1; }
    sleep 0.1
  done
}

# Kubernetes 1.20 refuses an empty string as a default; it is what an absent one means.
create_definitions() {
  sed '/^ *default: ""$/d' "$here"/crds/*.yaml "$here/objects.yaml" | kubectl create --validate=false -f - >"$dir/log/definitions.log"
  until_true 120 'its custom resources' list_definitions
}

list_definitions() { kubectl get "$(kubectl get crd --output name | sed 's,.*/,,' | paste -sd,)"; }

# watch_owner [PID]: what was started ends with the process that wanted it, however that ends.
watch_owner() {
  [ -n "$1" ] || return 0
  setsid bash -c 'tail --sleep-interval 0.2 --pid "$1" -f /dev/null; exec "$here/stop.sh"' watch "$1" >/dev/null 2>&1 </dev/null &
}
