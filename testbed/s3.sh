#!/bin/bash
# A real S3 server on loopback, for tests and the demo: Ceph's RADOS Gateway on a store in memory. Nothing outlives `stop`.
#
#   testbed/s3.sh start DIR [PORT]     about 3 s and 150 MB of memory; prints the endpoint; PORT is a free one when not given
#   testbed/s3.sh admin DIR ARG...     radosgw-admin for that server, for example: user create --uid x --display-name x
#   testbed/s3.sh stop DIR             ends it, by the process ids in DIR/run
#
# Region us-east-1; buckets by path. Two users: AKTEST / SKTEST, and AKSTRANGER / SKSTRANGER who may do nothing in the first one's buckets.
# Versioning, tags, bucket policies (say, one that lets the stranger read but not delete) are set through the S3 API as usual.
set -euo pipefail

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; exit 2; }

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 12000)) # Below the range that the kernel gives to outgoing connections.
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  echo "s3: no free port between 20000 and 32000" >&2
  return 1
}

# All daemons wait five minutes for a peer that will never come; nothing here needs more than a few seconds.
limited() { timeout 60 "$@"; }

write_configuration() {
  cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $fsid
mon host = [v2:127.0.0.1:$mon_port]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
# The gateway insists on cephx even where everything else runs without.
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = $dir/keyring
run dir = $dir/run
pid file = $dir/run/\$type.\$id.pid
admin socket = $dir/run/\$cluster-\$name.asok
log file = $dir/log/\$name.log
crash dir = $dir/crash
mon data = $dir/mon.\$id
osd data = $dir/osd.\$id
osd objectstore = memstore
memstore device bytes = 8589934592
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
# Monitors collect changes for a second before they agree on them; start-up is a chain of a dozen such changes.
paxos propose interval = 0.1
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$port
CONF
}

write_keyring() {
  ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool "$dir/keyring" --gen-key -n client.admin --cap mon 'allow *' --cap osd 'allow *'
  ceph-authtool "$dir/keyring" --gen-key -n osd.0 --cap mon 'allow profile osd' --cap osd 'allow *'
  ceph-authtool "$dir/keyring" --gen-key -n client.rgw --cap mon 'allow rw' --cap osd 'allow rwx'
}

start_store() {
  local osd_id
  monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$dir/monmap"
  ceph-mon -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring"
  ceph-mon -i a
  limited ceph auth import -i "$dir/keyring"
  osd_id=$(cat /proc/sys/kernel/random/uuid)
  limited ceph osd new "$osd_id" 0
  ceph-osd -i 0 --mkfs --osd-uuid "$osd_id"
  ceph-osd -i 0
}

start_gateway() {
  limited radosgw -n client.rgw
  for _ in {1..300}; do
    (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
  done
  create_user test AKTEST SKTEST
  create_user stranger AKSTRANGER SKSTRANGER
}

create_user() { limited radosgw-admin user create --uid "$1" --display-name "$1" --access-key "$2" --secret-key "$3"; }

# Nothing in memory is worth a clean end. A process id may be stale and belong to somebody else by now: its environment tells.
stop() {
  local file pid
  for file in "$dir"/run/*.pid; do
    pid=$(cat "$file" 2>/dev/null) || continue
    if grep -qzx "CEPH_CONF=$dir/ceph.conf" "/proc/$pid/environ" 2>/dev/null; then
      kill -9 "$pid"
    fi
    rm -f "$file"
  done
}

failed() {
  {
    echo "s3: the S3 server did not start; the last lines of $dir/log:"
    tail -n 5 "$dir"/log/*
  } >&2
  stop
  exit 1
}

[ $# -ge 2 ] || usage
action=$1
dir=$(mkdir -p "$2" && cd "$2" && pwd)
export CEPH_CONF=$dir/ceph.conf
case $action in
  start)
    command -v radosgw >/dev/null || { echo "s3: radosgw is not installed; run: make servers" >&2; exit 1; }
    mkdir -p "$dir"/{run,log,crash,mon.a,osd.0}
    port=${3:-$(free_port)}
    mon_port=$(free_port)
    fsid=$(cat /proc/sys/kernel/random/uuid)
    trap failed ERR
    set -E
    { write_configuration; write_keyring; start_store; start_gateway; } >"$dir/log/start.log" 2>&1
    echo "http://127.0.0.1:$port"
    ;;
  admin) shift 2; exec timeout 60 radosgw-admin "$@" ;;
  stop) stop ;;
  *) usage ;;
esac
