#!/usr/bin/env bash
# Puts promtool into test/tools/promtool/bin: the version that the compiler pins, built by Go, or else Debian's, which knows neither
# Kubernetes discovery nor the fields of Prometheus 3; the tests then say what they could not run.
set -euo pipefail
cd "$(dirname "$0")"
version=0.316.0 # Prometheus 3.16.0: its Go module counts v0.316.0
if [ -x "bin/promtool" ] && [ "$(cat bin/version 2>/dev/null)" = "$version" ]; then exit 0; fi
mkdir -p bin
if command -v go >/dev/null; then
  if GOBIN="$PWD/bin" GOFLAGS=-buildvcs=false go install -trimpath -tags=netgo,remove_all_sd,enable_kubernetes_sd \
    "github.com/prometheus/prometheus/cmd/promtool@v$version"; then
    echo "$version" > bin/version
    exit 0
  fi
fi
if command -v apt-get >/dev/null; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus
  ln -sf "$(command -v promtool)" bin/promtool
  promtool --version 2>&1 | sed -n 's/^promtool, version \([0-9.]*\).*/\1/p' > bin/version
  exit 0
fi
echo 'promtool: neither Go nor apt-get is here' >&2
exit 1
