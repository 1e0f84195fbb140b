#!/bin/bash
# Gives the node in $dir an image NAME: that of PostgreSQL, with the program FILE added to it. Seconds.
#
#   add-image.sh NAME FILE
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -C "$work" -xf "$cache/images/postgres.tar"
install -D -m 755 "$2" "$work/added/usr/bin/$(basename "$2")"
tar -C "$work/added" --owner 0 --group 0 -cf "$work/added.tar" .
added=$(sha256sum "$work/added.tar" | cut -d' ' -f1)
sed -i -E "s/(\"diff_ids\": \[[^]]*)\]/\1, \"sha256:$added\"]/" "$work/postgres-barman-15.json"
echo "[{\"Config\": \"postgres-barman-15.json\", \"RepoTags\": [\"$1\"], \"Layers\": [\"layer.tar\", \"added.tar\"]}]" >"$work/manifest.json"
tar -C "$work" -cf "$work/image.tar" postgres-barman-15.json manifest.json layer.tar added.tar
"$here/../kubernetes.sh" run "$dir" ctr --namespace k8s.io images import "$work/image.tar"
