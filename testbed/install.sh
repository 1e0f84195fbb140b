#!/bin/bash
# Installs from Debian what is missing for a purpose, and nothing else. Silent and instant when all is there. Starts no daemon.
#
#   testbed/install.sh build|servers|kubernetes|bench ...
set -euo pipefail

packages() {
  case $1 in
    build) echo clang zlib1g-dev ;; # What .NET's Native AOT links with.
    servers) echo postgresql-15 barman-cli-cloud ceph-mon ceph-osd radosgw ceph-common patchelf ;;
    kubernetes) # Go builds what Debian has no package of: testbed/kubernetes.sh build.
      echo golang-1.19-go golang-github-modern-go-reflect2-dev etcd-server containerd runc containernetworking-plugins \
        iptables nftables conntrack iproute2 openssl ;;
    bench) echo rclone awscli hyperfine time zstd ;;
    *) echo "usage: testbed/install.sh build|servers|kubernetes|bench ..." >&2; exit 2 ;;
  esac
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

apt_get() {
  local try
  for try in 1 2 3; do
    as_root env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 && return
    echo "install: 'apt-get $*' went wrong (attempt $try of 3); its last lines:" >&2
    tail -n 5 "$log" >&2
    sleep 5
  done
  return 1
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Writes a file for the time of the installation; an existing one comes back afterwards.
put_for_now() {
  local file=$1 content=$2
  as_root mkdir -p "$(dirname "$file")"
  if [ -e "$file" ]; then as_root mv "$file" "$file.cnpg-restore"; fi
  echo "$content" | as_root tee "$file" >/dev/null
  as_root chmod 755 "$file"
  placed+=("$file")
}

put_back() {
  local file original
  rm -f "$log"
  for file in "${placed[@]}"; do
    as_root rm -f "$file"
    # What was there before, or else what the package would have put there.
    for original in "$file.cnpg-restore" "$file.ucf-dist"; do
      if [ -e "$original" ]; then as_root mv "$original" "$file"; break; fi
    done
  done
}

[ $# -gt 0 ] || packages none
missing=()
for purpose in "$@"; do
  wanted=$(packages "$purpose")
  for package in $wanted; do
    is_installed "$package" || missing+=("$package")
  done
done
[ ${#missing[@]} -gt 0 ] || exit 0

command -v apt-get >/dev/null || { echo "install: needs Debian's apt-get to install ${missing[*]}" >&2; exit 1; }
[ "$(id -u)" = 0 ] || command -v sudo >/dev/null || { echo "install: needs root or sudo to install ${missing[*]}" >&2; exit 1; }
echo "Installing ${missing[*]} from Debian (about a minute) ..."
placed=()
log=$(mktemp)
trap put_back EXIT
# 101: apt's question whether a package may start its daemon is answered with no.
put_for_now /usr/sbin/policy-rc.d $'#!/bin/sh\nexit 101'
# Without it Debian's package would create a database cluster, which nothing here uses.
put_for_now /etc/postgresql-common/createcluster.conf 'create_main_cluster = false'
apt_get update || echo "install: a package source does not answer; going on with what is known" >&2
apt_get install --no-install-recommends "${missing[@]}"
