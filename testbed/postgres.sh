#!/bin/bash
# A newer PostgreSQL than Debian 12 has, for tests: 17, taken from Debian 13 into a folder of its own, with the libraries that it was built for.
# Nothing of it is installed into the system.
#
#   testbed/postgres.sh build     downloads 60 MB and unpacks them, once (a minute); silent and instant when it is there
#   testbed/postgres.sh bin       prints the folder of its programs, whether it is there or not
#
# It lies in ${CNPG_RESTORE_TESTBED:-~/.cache/cnpg-restore-testbed}/postgresql-17; for root, whose home nobody else may enter, in
# /var/cache/cnpg-restore-testbed: a server never runs as root.
set -euo pipefail

VERSION=17 SUITE=trixie
if [ "$(id -u)" = 0 ]; then base=/var/cache/cnpg-restore-testbed; else base=${XDG_CACHE_HOME:-$HOME/.cache}/cnpg-restore-testbed; fi
root=${CNPG_RESTORE_TESTBED:-$base}/postgresql-$VERSION
bin=$root/usr/lib/postgresql/$VERSION/bin
log=$root.log

# shellcheck source=testbed/suite.bash
. "$(dirname "$0")/suite.bash"

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0" >&2; exit 2; }

# The packages that hold programs and libraries; what the others do is done by nobody here.
packages() {
  apt-get install -qq --no-install-recommends --print-uris "postgresql-$VERSION" | cut -d' ' -f2 | sed 's/_.*//' |
    grep -E "^(postgresql(-client)?-$VERSION|lib[a-z0-9].*|zlib1g)$" | grep -vE -- '-perl$|^lib(c-bin|c-l10n|llvm.*|z3-4|perl.*)$'
}

# Programs find the libraries beside them, not the system's: a path within each, since pg_ctl and initdb start postgres by themselves.
bind() {
  local loader libraries=$root/usr/lib/x86_64-linux-gnu file
  loader=$(find "$root" -name 'ld-linux-*.so.2' -type f -o -name 'ld-linux-*.so.2' -type l | head -1)
  for file in "$bin"/*; do
    if [ "$(head -c 4 "$file" | tail -c 3)" = ELF ]; then patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$file"; fi
  done
}

build() {
  if [ -e "$root/complete" ]; then return; fi
  mkdir -p "$(dirname "$root")"
  exec {lock}>"$root.lock"
  flock "$lock"
  if [ -e "$root/complete" ]; then return; fi
  echo "Getting PostgreSQL $VERSION from Debian $SUITE (a minute) ..." >&2
  local names
  rm -rf "$root"; mkdir -p "$root"
  apt=$(mktemp -d)
  trap end EXIT
  open_suite "$SUITE" "$apt" >"$log" 2>&1
  names=$(packages)
  # shellcheck disable=SC2086 # Names of packages.
  unpack_packages "$apt" "$root" $names >>"$log" 2>&1
  # Debian 13 has /lib as a link to /usr/lib; a package that still writes into it must not hide that.
  if [ -d "$root/lib" ] && [ ! -L "$root/lib" ]; then cp -an "$root/lib/." "$root/usr/lib/"; rm -rf "$root/lib"; fi
  rm -f "$root/usr/lib/postgresql/$VERSION/lib/llvmjit"* # Its compiler is left out.
  bind >>"$log" 2>&1
  chmod -R a+rX "$root"
  "$bin/postgres" --version >>"$log"
  touch "$root/complete"
}

end() {
  local code=$?
  rm -rf "$apt"
  if [ $code != 0 ]; then echo "postgres: PostgreSQL $VERSION could not be had; the last lines of $log:" >&2; tail -n 5 "$log" >&2; fi
}

case ${1-} in
  build) build ;;
  bin) echo "$bin" ;;
  *) usage ;;
esac
