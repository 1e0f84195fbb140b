#!/bin/bash
# Builds bin/kubernetes (all programs of Kubernetes 1.20.2 in one) and the images into $cache; silent and instant when nothing changed.
set -euo pipefail
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # Somebody else may be building the same; then there is nothing left to do.

go=/usr/lib/go-1.19/bin/go
recipe=$(cat "$here"/{build.sh,main.go,dns.go,pause.go} | sha256sum)

fetch_source() {
  # A package list of its own, so that this machine's stays as it is; the mirror is the one that the machine already uses.
  local mirror list=$work/apt/sources.list
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 'Label: Debian' 'Component: main' | head -1)
  [ -n "$mirror" ] || { echo "kubernetes: this machine's apt knows no mirror of Debian 12" >&2; return 1; }
  mkdir -p "$work/apt/lists/partial"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" >"$list"
  local options=(-qq -o "Dir::Etc::sourcelist=$list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/apt/lists" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update
  (cd "$work" && apt-get "${options[@]}" source --download-only kubernetes)
  mkdir -p "$source"
  tar -xzf "$work"/kubernetes_*.orig.tar.gz -C "$source" --strip-components 1
}

# replace FILE PATTERN REPLACEMENT: an edit that finds nothing is a failure.
replace() {
  grep -q "$2" "$source/$1" || { echo "kubernetes: nothing like '$2' in $1" >&2; return 1; }
  sed -i "s/$2/$3/" "$source/$1"
}

mend_source() {
  # The vendored version reads internals of maps that changed in Go 1.18; Debian's package does not.
  rm "$source"/vendor/github.com/modern-go/reflect2/*.go
  cp /usr/share/gocode/src/github.com/modern-go/reflect2/*.go "$source/vendor/github.com/modern-go/reflect2/"
  # Waiting times for a data centre: until an ended pod is gone (a minute; kubernetes/kubernetes#97288), until its end is told, until a change
  # of a container is noticed, and between the attempts of a Job.
  replace pkg/kubelet/kubelet.go 'ContainerGCPeriod = time.Minute' 'ContainerGCPeriod = 2 * time.Second'
  replace pkg/kubelet/status/status_manager.go 'syncPeriod = 10 \* time.Second' 'syncPeriod = 1 * time.Second'
  replace pkg/kubelet/kubelet.go 'plegRelistPeriod = time.Second \* 1' 'plegRelistPeriod = time.Second \/ 5'
  replace pkg/controller/job/job_controller.go 'DefaultJobBackOff = 10 \* time.Second' 'DefaultJobBackOff = 1 * time.Second'
  replace pkg/controller/job/job_controller.go 'MaxJobBackOff = 360 \* time.Second' 'MaxJobBackOff = 4 * time.Second'
  # Any user may write to a new volume; a storage class of a real cluster obeys fsGroup, which a folder of the host cannot.
  replace pkg/volume/hostpath/host_path.go 'HostPath.Path, 0750' 'HostPath.Path, 0777'
}

# Debian builds kubectl only, and so leaves out this generated file, without which there is no server-side apply.
generate_openapi() {
  local folders packages
  "$go" build -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  folders=$(grep -rl --include='*.go' '+k8s:openapi-gen=' staging/src/k8s.io pkg cmd plugin |
    grep -vE '_examples|/testdata/|generators|pkg/generated|sample-|code-generator' | xargs -n1 dirname | sort -u)
  packages=$(echo "$folders" | sed -E 's|^staging/src/|vendor/|; s|^|k8s.io/kubernetes/|'
    printf '%s\n' k8s.io/kubernetes/vendor/k8s.io/apimachinery/pkg/{version,runtime})
  "$work/openapi-gen" -O zz_generated.openapi -h hack/boilerplate/boilerplate.generatego.txt -i "$(echo "$packages" | paste -sd,)" \
    -p k8s.io/kubernetes/pkg/generated/openapi -r /dev/null
}

# Without cloud providers and Docker there is a third less to compile; nobody debugs these programs, hence no DWARF.
compile() {
  local package variable flags="-s -w"
  for package in k8s.io/{component-base,client-go/pkg}/version; do
    for variable in gitVersion=v1.20.2 gitMajor=1 gitMinor=20 gitCommit=debian gitTreeState=archive buildDate=2021-01-13T00:00:00Z; do
      flags+=" -X k8s.io/kubernetes/vendor/$package.$variable -X $package.$variable"
    done
  done
  mkdir -p cmd/kubernetes
  cp "$here/main.go" "$here/dns.go" cmd/kubernetes/
  "$go" build -p 2 -tags providerless,dockerless -gcflags='k8s.io/kubernetes/...=-dwarf=false' -ldflags "$flags" -o "$work/kubernetes" ./cmd/kubernetes
  "$go" build -ldflags '-s -w' -o "$work/pause" "$here/pause.go"
}

if [ "$(cat "$cache/recipe" 2>/dev/null)" != "$recipe" ]; then
  [ -x "$go" ] || { echo "kubernetes: Go 1.19 is not installed; run: testbed/install.sh kubernetes" >&2; exit 1; }
  work=$cache/build source=$cache/build/src/k8s.io/kubernetes
  rm -rf "$work"
  mkdir -p "$work" "$cache/bin"
  trap 'rm -rf "$work"' EXIT
  # Half of the compilers' memory stays garbage for a little longer: 10 % less time.
  export GOPATH=$work GO111MODULE=off CGO_ENABLED=0 GOCACHE=$work/cache GOGC=400
  echo "Building Kubernetes 1.20 from Debian's source (a few minutes, once) ..."
  fetch_source
  mend_source
  (cd "$source" && generate_openapi && compile)
  mv "$work/kubernetes" "$work/pause" "$cache/bin/"
  for name in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl cluster-dns; do
    ln -sf kubernetes "$cache/bin/$name"
  done
  echo "$recipe" >"$cache/recipe"
fi
"$here/images.sh"
