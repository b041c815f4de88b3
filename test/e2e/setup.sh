#!/usr/bin/env bash
# setup.sh [PROGRAM…]: puts the programs that `node dist/test/e2e/run.js` runs, or only those that are named, into test/e2e/bin, at the
# versions that the compiler pins; keeps those that are there. Needs Go, and says what it could not get: modules with `replace` lines are
# built from a module around them.
set -uo pipefail
cd "$(dirname "$0")"
asked=" $* "
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

# Folders of the module's own repository are modules too, published at the version that the module requires; those of Kubernetes are v0.
published() { sed -E -e "s#(k8s\.io/[a-z-]+) => \./staging/.*#\1 => \1 v0.${1#v1.}#" -e '/=> \.\.?\//d'; }

# Where programs keep their version; Kubernetes takes its features from it.
version_flags() {
  local kubernetes=k8s.io/component-base/version major minor
  IFS=. read -r major minor _ <<< "$1"
  echo "-X github.com/prometheus/common/version.Version=$1 -X $kubernetes.gitVersion=v$1 -X $kubernetes.gitMajor=$major -X $kubernetes.gitMinor=$minor"
}

# Whether a program is asked for.
wanted() { [ "$asked" = '  ' ] || [[ $asked = *" $1 "* ]]; }

# custom_resources NAME VERSION MODULE FOLDER: the definitions that a project publishes in its module.
custom_resources() {
  local to=bin/custom-resources/$1 from
  wanted custom-resources || return 0
  [ "$(cat "$to/version" 2>/dev/null)" = "$2" ] && return 0
  from=$(GOTOOLCHAIN=auto go mod download -json "$3@v$2" 2>/dev/null | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
  [ -n "$from" ] || { lack "the custom resources of $1 $2: $3 cannot be downloaded"; return 0; }
  rm -rf "$to" && mkdir -p "$to" && cp "$from/$4"/*.yaml "$to" && chmod u+w "$to"/* && echo "$2" > "$to/version"
}

# Alertmanager's module leaves its web page out, and does not compile without one.
prepare_alertmanager() {
  local module=github.com/prometheus/alertmanager
  rm -rf "$2/module" && cp -r "$1" "$2/module" && chmod -R u+w "$2/module" && rm -rf "$2/module/ui"/*/ && mkdir -p "$2/module/ui/app/dist" &&
    echo 'no page' > "$2/module/ui/app/dist/index.html" && printf '\nreplace %s => ./module\n' "$module" >> "$2/go.mod"
}

# build PROGRAM VERSION MODULE MODULE_VERSION PACKAGE [TAGS]
build() {
  local program=$1 version=$2 module=$3 at=$4 package=$5 tags=${6:-netgo} toolchain source found log
  wanted "$program" || return 0
  if [ -x "bin/$program" ] && [ "$(cat "bin/$program.version" 2>/dev/null)" = "$version $tags" ]; then return 0; fi
  source=$(go mod download -json "$module@$at" 2>/dev/null)
  found=$(sed -n 's/^\t"GoMod": "\(.*\)",*$/\1/p' <<< "$source")
  [ -n "$found" ] || { lack "$program $version: $module@$at cannot be downloaded"; return 0; }
  toolchain=$(sed -n 's/^go \([0-9.]*\)$/\1/p' "$found")
  mkdir -p "bin/src/$program"
  {
    printf 'module e2e\n\ngo %s\n\nrequire %s %s\n\ntool %s\n\n' "$toolchain" "$module" "$at" "$package"
    { grep -E '^replace [^(]' "$found"; sed -n '/^replace (/,/^)/p' "$found"; } | published "$at"
  } > "bin/src/$program/go.mod"
  [ "$program" != alertmanager ] || prepare_alertmanager "$(sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p' <<< "$source")" "bin/src/$program"
  log=$PWD/bin/$program.log
  # `tidy -e`: a module that only another build tag needs may be out of reach.
  if (
    cd "bin/src/$program" &&
      export GOTOOLCHAIN=auto GOFLAGS="-buildvcs=false -mod=mod -tags=$tags" &&
      go mod tidy -e && go build -trimpath -o "../../$program" -ldflags "-s -w $(version_flags "$version")" "$package"
  ) >"$log" 2>&1; then
    echo "$version $tags" > "bin/$program.version"
    echo "$program $version"
  else
    lack "$program $version: $(tail -n 1 "$log")"
  fi
}

# Argo CD's own code behind a few lines of ours, with a setting and a script that it has beside it.
argocd_harness() {
  local version log=$PWD/bin/argocd-harness.log
  wanted argocd-harness || return 0
  version="$1 $(cat argocd/harness/*.go argocd/harness/go.* | sha256sum | cut -c 1-12)"
  if [ -x bin/argocd-harness ] && [ "$(cat bin/argocd-harness.version 2>/dev/null)" = "$version" ]; then return 0; fi
  if (
    cd argocd/harness && export GOTOOLCHAIN=auto GOFLAGS="-buildvcs=false -mod=readonly" &&
      go build -trimpath -o ../../bin/argocd-harness -ldflags '-s -w' . && from=$(go list -m -f '{{.Dir}}' github.com/argoproj/argo-cd/v3) &&
      install -m 644 "$from/manifests/base/config/argocd-cm.yaml" "$from/hack/git-verify-wrapper.sh" ../../bin/ && chmod 755 ../../bin/git-verify-wrapper.sh
  ) >"$log" 2>&1; then
    echo "$version" > bin/argocd-harness.version
    echo "argocd-harness $version"
  else
    lack "argocd-harness $1: $(tail -n 1 "$log")"
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
build kube-state-metrics "$(pinned kubeStateMetrics)" k8s.io/kube-state-metrics/v2 "v$(pinned kubeStateMetrics)" k8s.io/kube-state-metrics/v2
build alertmanager "$(pinned alertmanager)" github.com/prometheus/alertmanager "v$(pinned alertmanager)" github.com/prometheus/alertmanager/cmd/alertmanager
build prometheus-operator "$(pinned prometheusOperator)" github.com/prometheus-operator/prometheus-operator "v$(pinned prometheusOperator)" \
  github.com/prometheus-operator/prometheus-operator/cmd/operator
build etcd 3.7.3 go.etcd.io/etcd/server/v3 v3.7.3 go.etcd.io/etcd/server/v3
build kube-apiserver 1.37.2 k8s.io/kubernetes v1.37.2 k8s.io/kubernetes/cmd/kube-apiserver
argocd=$(sed -n 's#^\tgithub.com/argoproj/argo-cd/v3 v##p' argocd/harness/go.mod)
argocd_harness "$argocd"
# Argo CD 3.6.1 brings 5.8.3, which needs a k8s.io/kube-openapi that the module proxy does not have.
build kustomize 5.8.2 sigs.k8s.io/kustomize/kustomize/v5 v5.8.2 sigs.k8s.io/kustomize/kustomize/v5
custom_resources prometheus-operator "$(pinned prometheusOperator)" github.com/prometheus-operator/prometheus-operator example/prometheus-operator-crd
custom_resources argo-cd "$argocd" github.com/argoproj/argo-cd/v3 manifests/crds
custom_resources external-secrets 1.3.2 github.com/external-secrets/external-secrets config/crds/bases
exit "$lacks"
