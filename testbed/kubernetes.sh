#!/bin/bash
# A real Kubernetes of one node, for tests and people: API server, controllers, kubelet, containers. Nothing outlives `stop`.
#
#   testbed/kubernetes.sh build              once, a few minutes: Kubernetes 1.20 from Debian's source, and an image with PostgreSQL and Barman
#   testbed/kubernetes.sh start DIR [PID]    about 10 s, needs root; prints the kubeconfig's path; stops by itself when process PID has ended
#   testbed/kubernetes.sh api DIR [PID]      etcd and API server only, about 4 s, on loopback, as any user; KUBEBUILDER_ASSETS is used when set
#   testbed/kubernetes.sh run DIR COMMAND    a program inside the node: ctr, crictl, ip, nsenter and what else a person needs to look around
#   testbed/kubernetes.sh image DIR NAME FILE  one more image for pods: PostgreSQL's, with the program FILE in it
#   testbed/kubernetes.sh stop DIR           ends it and removes DIR
#   testbed/kubernetes.sh check start|api    exit code 0 when that would work, else says what is missing
#
# In DIR: kubeconfig (may do everything), stranger.kubeconfig (may do nothing), host (the address by which pods, and this machine, reach what
# listens on this machine's 127.0.0.1), bin/kubectl, log/. Image for pods: localhost/postgres-barman:15, imagePullPolicy: Never.
# What `build` made lies in ${CNPG_RESTORE_TESTBED:-~/.cache/cnpg-restore-testbed}/kubernetes.
set -euo pipefail

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; exit 2; }

[ $# -ge 1 ] || usage
action=$1
here=$(cd "$(dirname "$0")" && pwd)/kubernetes
cache=${CNPG_RESTORE_TESTBED:-${XDG_CACHE_HOME:-$HOME/.cache}/cnpg-restore-testbed}/kubernetes
export here cache
if [ "$action" = build ]; then exec "$here/build.sh"; fi

[ $# -ge 2 ] || usage
if [ "$action" = check ]; then exec "$here/check.sh" "$2"; fi

dir=$(realpath -m "$2")
export dir
case $action in
  start | api)
    "$here/check.sh" "$action"
    mkdir -p "$dir"
    [ -z "$(ls -A "$dir")" ] || { echo "kubernetes: $dir is not empty; to end a node in it, run: testbed/kubernetes.sh stop $dir" >&2; exit 1; }
    exec "$here/$action.sh" "${3:-}"
    ;;
  run) exec nsenter --all --target "$(pgrep --parent "$(cat "$dir/pid")")" "${@:3}" ;;
  image) exec "$here/add-image.sh" "${@:3}" ;;
  stop) exec "$here/stop.sh" ;;
  *) usage ;;
esac
