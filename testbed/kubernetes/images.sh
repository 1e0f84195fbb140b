#!/bin/bash
# Makes the images of pods out of programs that are already here, without registry and container engine, into $cache/images:
# k8s.gcr.io/pause:3.2, and localhost/postgres-barman:15 with PostgreSQL, barman-cloud-*, a shell and its usual programs. Seconds; user postgres is 26.
# Three more differ from it as images of real clusters do: localhost/postgres-without-barman:15, localhost/postgres-newer-boto3:15 (Debian 13's, which
# sends checksums as trailers), localhost/postgres-older-psql:15 (Debian 11's, which does not know \restrict).
set -euo pipefail

wanted=(postgresql-15 postgresql-client-15 barman-cli-cloud bash coreutils sed grep mawk findutils tar gzip bzip2 xz-utils util-linux hostname procps libc-bin)

# What is installed of these and of what they depend on. The JIT compiler would be half of the image; the wrappers in Perl are not used.
packages() {
  apt-cache depends --recurse --installed --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances "${wanted[@]}" |
    grep '^[a-z0-9]' | sort -u | grep -vxE 'lib(llvm|z3-).*|perl.*|lib.*-perl|postgresql(-client)?-common|debconf.*|dpkg|ucf|adduser|locales|openssl|passwd' |
    xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p'
}

# Files as the packages list them; /bin and its fellows are links to /usr/bin and so on. Compiled Python is not in the lists and saves half a second a call.
files() {
  local installed
  # shellcheck disable=SC2046 # One word per package.
  installed=$(dpkg-query --listfiles $(packages) | sed -E 's,^/(bin|sbin|lib|lib64)/,/usr/\1/,' |
    grep -E '^/usr/(bin|sbin|lib|lib64|share/(postgresql|zoneinfo|python))' |
    grep -vE '/bitcode/|llvmjit|/share/(man|doc|locale)/|/zoneinfo/right/|/botocore/data/[a-z0-9-]+/' | sort -u)
  echo "$installed"
  find /usr/lib/python3/dist-packages/botocore/data/{s3,sts} -type f
  echo "$installed" | grep '\.py$' | xargs dirname | sort -u | sed 's,$,/__pycache__,' | xargs -I{} find {} -name '*.pyc' 2>/dev/null || true
}

make_root() {
  local link
  mkdir -p "$root"/{tmp,etc,proc,sys,dev,run,root,var/lib/postgresql/data}
  chmod 1777 "$root"/{tmp,run}
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64}
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
  files | while read -r file; do if [ -L "$file" ] || [ -f "$file" ]; then echo "${file#/}"; fi; done >"$work/files"
  tar -C / -cf - --no-recursion -T "$work/files" | tar -C "$root" -xf -
  ln -sf mawk "$root/usr/bin/awk"
  ln -sf bash "$root/usr/bin/sh"
  printf '%s\n' root:x:0:0:root:/root:/bin/bash postgres:x:26:26::/var/lib/postgresql:/bin/bash nobody:x:65534:65534::/:/bin/false >"$root/etc/passwd"
  printf '%s\n' root:x:0: postgres:x:26: nogroup:x:65534: >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  cp /etc/os-release "$root/etc/"
}

# describe NAME CONFIG LAYER...: one image of the archive that is written next; CONFIG is what it runs, a LAYER is a tar in $work.
describe() {
  local layer layers=() digests=() config
  config=$(basename "$1" | tr : -).json
  for layer in "${@:3}"; do
    layers+=("\"$layer\"")
    digests+=("\"sha256:$(sha256sum "$work/$layer" | cut -d' ' -f1)\"")
  done
  cat >"$work/$config" <<JSON
{"architecture": "$(dpkg --print-architecture)", "os": "linux", "created": "2021-01-01T00:00:00Z", "config": $2,
 "rootfs": {"type": "layers", "diff_ids": [$(IFS=,; echo "${digests[*]}")]}}
JSON
  images+=("{\"Config\": \"$config\", \"RepoTags\": [\"$1\"], \"Layers\": [$(IFS=,; echo "${layers[*]}")]}")
}

# write_images FILE: what was described, as `docker save` writes it.
write_images() {
  echo "[$(IFS=,; echo "${images[*]}")]" >"$work/manifest.json"
  (cd "$work" && tar -cf "$cache/images/$1.new" -- *.json *.tar)
  mv "$cache/images/$1.new" "$cache/images/$1"
  rm -f "$work"/*.json "$work"/*.tar
  images=()
}

# layer FILE: what lies in $work/added, which is empty again afterwards.
layer() {
  tar -C "$work/added" --owner 0 --group 0 -cf "$work/$1" .
  rm -rf "$work/added"
}

# unpack SUITE PACKAGE...: into $work/suites/SUITE.
unpack() (
  # shellcheck source=testbed/suite.bash
  . "$here/../suite.bash"
  mkdir -p "$work/suites/$1"
  open_suite "$1" "$work/suites/$1.apt"
  unpack_packages "$work/suites/$1.apt" "$work/suites/$1" "${@:2}"
)

without_barman() {
  local program
  mkdir -p "$work/added/usr/bin"
  # A file of this name hides the one below (OCI image specification, layer.md, whiteouts).
  for program in "$root"/usr/bin/barman-cloud-*; do : >"$work/added/usr/bin/.wh.$(basename "$program")"; done
}

newer_boto3() {
  local modules=usr/lib/python3/dist-packages module
  unpack trixie python3-boto3 python3-botocore python3-s3transfer
  mkdir -p "$work/added/$modules"
  for module in boto3 botocore s3transfer; do
    cp -a "$work/suites/trixie/$modules/$module" "$work/added/$modules/"
    : >"$work/added/$modules/$module/.wh..wh..opq"
  done
  find "$work/added/$modules/botocore/data" -mindepth 1 -maxdepth 1 -type d ! -name s3 ! -name sts -exec rm -rf {} +
  # As for the others: compiled, it saves half a second a call.
  python3 -m compileall -q -s "$work/added" "$work/added/$modules"
}

older_psql() {
  unpack bullseye postgresql-client-13
  install -D "$work/suites/bullseye/usr/lib/postgresql/13/bin/psql" "$work/added/usr/lib/postgresql/15/bin/psql"
}

mkdir -p "$cache/images"
# shellcheck disable=SC2046
recipe=$(cat "$here/images.sh" "$here/../suite.bash" "$cache/recipe"; dpkg-query -W $(packages))
[ "$(cat "$cache/images/recipe" 2>/dev/null)" != "$recipe" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

images=()
tar -C "$cache/bin" --owner 0 --group 0 -cf "$work/pause.tar" pause
describe k8s.gcr.io/pause:3.2 '{"Entrypoint": ["/pause"]}' pause.tar
write_images pause.tar

root=$work/root
make_root
tar -C "$root" --owner 0 --group 0 --exclude ./var/lib/postgresql -cf "$work/layer.tar" .
tar -C "$root" --owner 26 --group 26 -rf "$work/layer.tar" ./var/lib/postgresql
runs='{"Cmd": ["bash"], "User": "26", "WorkingDir": "/",
  "Env": ["PATH=/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "PGDATA=/var/lib/postgresql/data/pgdata"]}'
describe localhost/postgres-barman:15 "$runs" layer.tar
without_barman && layer without-barman.tar
describe localhost/postgres-without-barman:15 "$runs" layer.tar without-barman.tar
newer_boto3 && layer newer-boto3.tar
describe localhost/postgres-newer-boto3:15 "$runs" layer.tar newer-boto3.tar
older_psql && layer older-psql.tar
describe localhost/postgres-older-psql:15 "$runs" layer.tar older-psql.tar
write_images postgres.tar
rm -f "$cache/images/postgres-barman.tar"
echo "$recipe" >"$cache/images/recipe"
