#!/usr/bin/env bash
# Installs and builds, on a bare Debian 12 machine and as root, all requirements of the tests and the lab. Skips
# installed programs.
set -euo pipefail
cd "$(dirname "$0")/../.."

bash test/lab/setup.sh
bash test/tools/build.sh
bash test/tools/k6/build.sh
bash test/tools/kubernetes/build.sh
bash test/tools/kubernetes/definitions.sh
npm ci --no-audit --no-fund
# Needs the versions of the packages.
bash test/providers/build.sh
