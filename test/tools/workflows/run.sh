#!/usr/bin/env bash
# actionlint and zizmor over .github/workflows; installs them beside this script, actionlint with Go and zizmor with Python. Says which did not run.
set -euo pipefail
cd "$(dirname "$0")"
actionlint=1.7.12
zizmor=1.32.0
mkdir -p bin
[ -x "bin/actionlint-$actionlint" ] || {
  GOBIN="$PWD/bin" GOFLAGS=-buildvcs=false go install "github.com/rhysd/actionlint/cmd/actionlint@v$actionlint" &&
    mv bin/actionlint "bin/actionlint-$actionlint"
} >bin/log 2>&1 || echo "not run: actionlint $actionlint: $(tail -n 1 bin/log)"
[ -x "bin/zizmor-$zizmor/bin/zizmor" ] || {
  python3 -m venv "bin/zizmor-$zizmor" && "bin/zizmor-$zizmor/bin/pip" install --quiet --disable-pip-version-check "zizmor==$zizmor"
} >bin/log 2>&1 || echo "not run: zizmor $zizmor: $(tail -n 1 bin/log)"

found=0
# `-shellcheck=`: its version is not ours to choose.
[ ! -x "bin/actionlint-$actionlint" ] || "bin/actionlint-$actionlint" -shellcheck= -pyflakes= ../../../.github/workflows/*.yml || found=1
[ ! -x "bin/zizmor-$zizmor/bin/zizmor" ] || "bin/zizmor-$zizmor/bin/zizmor" --offline --no-progress --quiet --min-severity low ../../../.github/workflows || found=1
exit "$found"
