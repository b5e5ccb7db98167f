#!/bin/bash
# The real image has a shell; nothing here may come to depend on it.
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

only registry docker-registry usr/bin/docker-registry=bin/registry
mkdir -p "$work/registry/var/lib/registry"
pack registry
