# shellcheck shell=bash
# Packages of another suite of Debian than this machine's, unpacked into a folder of their own; nothing of them is installed. To be sourced.

# open_suite SUITE DIR: apt asks that suite from now on, with sources and lists of its own in DIR, and takes nothing to be installed.
open_suite() {
  mkdir -p "$2"/{lists,archives}/partial
  : >"$2/status"
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $1 main" >"$2/sources.list"
  cat >"$2/apt.conf" <<C
Dir::Etc::SourceList "$2/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$2/lists";
Dir::State::status "$2/status";
Dir::Cache "$2";
Dir::Cache::Archives "$2/archives";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "";
Debug::NoLocking "true";
C
  export APT_CONFIG=$2/apt.conf
  apt-get -qq update
}

# unpack_packages DIR ROOT PACKAGE...: downloads them into DIR and unpacks them into ROOT.
unpack_packages() {
  (cd "$1" && apt-get -qq download "${@:3}")
  local package
  for package in "$1"/*.deb; do dpkg-deb -x "$package" "$2"; done
}
