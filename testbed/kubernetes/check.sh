#!/bin/bash
# check.sh start|api: exit code 0 when that can work on this machine, else what is missing, in one line on stderr.
set -euo pipefail

missing() { echo "kubernetes: $1; run: $2" >&2; exit 1; }

needed=(openssl)
if [ "$1" = start ]; then
  [ "$(id -u)" = 0 ] || missing 'a node needs root' 'sudo make test'
  needed+=(containerd runc nft iptables conntrack)
fi
if [ "$1" = start ] || [ -z "${KUBEBUILDER_ASSETS:-}" ]; then
  [ -e "$cache/images/recipe" ] || missing 'not built' 'make kubernetes'
  needed+=(etcd)
fi
for program in "${needed[@]}"; do
  command -v "$program" >/dev/null || missing "$program is not installed" 'make kubernetes'
done
