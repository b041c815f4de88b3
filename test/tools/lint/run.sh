#!/usr/bin/env bash
# Biome, oxlint and knip over the repository; installs them beside this script when they are missing.
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules ] || npm install --no-package-lock --no-fund --no-audit --ignore-scripts --loglevel=error
bin="$PWD/node_modules/.bin"
cd ../../..
"$bin/biome" ci .
OXLINT_TSGOLINT_PATH="$bin/tsgolint" "$bin/oxlint" --type-aware --deny-warnings scripts test
"$bin/knip"
