#!/bin/bash
# The real image has a shell. This one has none, so that the roles cannot depend on it.
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

only registry docker-registry usr/bin/docker-registry=bin/registry
mkdir -p "$work/registry/var/lib/registry"
pack registry
