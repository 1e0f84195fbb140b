#!/bin/bash
# Makes the images of pods out of programs that are already here, without registry and container engine, into $cache/images:
# k8s.gcr.io/pause:3.2, and localhost/postgres-barman:15 with PostgreSQL, barman-cloud-*, a shell and its usual programs. Seconds; user postgres is 26.
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

# write_image NAME FILE CONFIG: an archive as `docker save` writes it, with $work/layer.tar as its only layer; CONFIG is what it runs.
write_image() {
  local layer
  layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
  cat >"$work/config.json" <<JSON
{"architecture": "$(dpkg --print-architecture)", "os": "linux", "created": "2021-01-01T00:00:00Z", "config": $3,
 "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]}}
JSON
  echo "[{\"Config\": \"config.json\", \"RepoTags\": [\"$1\"], \"Layers\": [\"layer.tar\"]}]" >"$work/manifest.json"
  tar -C "$work" -cf "$cache/images/$2.new" config.json manifest.json layer.tar
  mv "$cache/images/$2.new" "$cache/images/$2"
}

mkdir -p "$cache/images"
# shellcheck disable=SC2046
recipe=$(cat "$here/images.sh" "$cache/recipe"; dpkg-query -W $(packages))
[ "$(cat "$cache/images/recipe" 2>/dev/null)" != "$recipe" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tar -C "$cache/bin" --owner 0 --group 0 -cf "$work/layer.tar" pause
write_image k8s.gcr.io/pause:3.2 pause.tar '{"Entrypoint": ["/pause"]}'

root=$work/root
make_root
tar -C "$root" --owner 0 --group 0 --exclude ./var/lib/postgresql -cf "$work/layer.tar" .
tar -C "$root" --owner 26 --group 26 -rf "$work/layer.tar" ./var/lib/postgresql
write_image localhost/postgres-barman:15 postgres-barman.tar '{"Cmd": ["bash"], "User": "26", "WorkingDir": "/",
  "Env": ["PATH=/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "PGDATA=/var/lib/postgresql/data/pgdata"]}'
echo "$recipe" >"$cache/images/recipe"
