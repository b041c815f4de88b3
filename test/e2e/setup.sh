#!/usr/bin/env bash
# Puts the programs that `node dist/test/e2e/run.js` runs into test/e2e/bin, at the versions that the compiler pins; keeps those that are
# there. Needs Go, and says what it could not get: modules with `replace` lines are built from a module around them.
set -uo pipefail
cd "$(dirname "$0")"
root=$PWD/../..
mkdir -p bin
lacks=0
lack() {
  echo "e2e lacks $1" >&2
  lacks=1
}
for tool in openssl go; do command -v "$tool" >/dev/null || lack "$tool: install it"; done
[ -f "$root/dist/scripts/versions.js" ] || lack 'dist: run npm run build'
[ "$lacks" = 0 ] || exit 1

pinned() { node --input-type=module -e 'const { versions } = await import(process.argv[1]); console.log(versions[process.argv[2]].version)' "file://$root/dist/scripts/versions.js" "$1"; }

# build PROGRAM VERSION MODULE MODULE_VERSION PACKAGE [TAGS]
build() {
  local program=$1 version=$2 module=$3 at=$4 package=$5 tags=${6:-netgo} toolchain found log
  if [ -x "bin/$program" ] && [ "$(cat "bin/$program.version" 2>/dev/null)" = "$version $tags" ]; then return 0; fi
  found=$(go mod download -json "$module@$at" 2>/dev/null | sed -n 's/^\t"GoMod": "\(.*\)",*$/\1/p')
  [ -n "$found" ] || { lack "$program $version: $module@$at cannot be downloaded"; return 0; }
  toolchain=$(sed -n 's/^go \([0-9.]*\)$/\1/p' "$found")
  mkdir -p "bin/src/$program"
  {
    printf 'module e2e\n\ngo %s\n\nrequire %s %s\n\ntool %s\n\n' "$toolchain" "$module" "$at" "$package"
    grep -E '^replace [^(]' "$found"
    sed -n '/^replace (/,/^)/p' "$found"
  } > "bin/src/$program/go.mod"
  log=$PWD/bin/$program.log
  # `tidy -e`: a module that only another build tag needs may be out of reach.
  if (
    cd "bin/src/$program" &&
      export GOTOOLCHAIN=auto GOFLAGS="-buildvcs=false -mod=mod -tags=$tags" &&
      go mod tidy -e && go build -trimpath -o ../../ -ldflags "-s -w -X github.com/prometheus/common/version.Version=$version" "$package"
  ) >"$log" 2>&1; then
    echo "$version $tags" > "bin/$program.version"
    echo "$program $version"
  else
    lack "$program $version: $(tail -n 1 "$log")"
  fi
}

prometheus=$(pinned prometheus)
IFS=. read -r major minor patch <<< "$prometheus"
# The Go module of Prometheus 3.16.0 counts v0.316.0.
build prometheus "$prometheus" github.com/prometheus/prometheus "v0.$((major * 100 + minor)).$patch" \
  github.com/prometheus/prometheus/cmd/prometheus netgo,remove_all_sd,enable_kubernetes_sd
# Without `slicelabels` Thanos crashes: it reads labels in place. https://github.com/thanos-io/thanos/blob/main/.promu.yml
build thanos "$(pinned thanos)" github.com/thanos-io/thanos "v$(pinned thanos)" github.com/thanos-io/thanos/cmd/thanos netgo,slicelabels
build node_exporter "$(pinned nodeExporter)" github.com/prometheus/node_exporter "v$(pinned nodeExporter)" github.com/prometheus/node_exporter
build kube-rbac-proxy "$(pinned kubeRbacProxy)" github.com/brancz/kube-rbac-proxy "v$(pinned kubeRbacProxy)" github.com/brancz/kube-rbac-proxy/cmd/kube-rbac-proxy
exit "$lacks"
