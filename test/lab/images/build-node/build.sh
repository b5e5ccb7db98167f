#!/bin/bash
# Builds only need that the program exists.
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

mkdir -p "$work/build-node/usr/local/bin"
printf '#!/bin/sh\necho v24.0.0\n' >"$work/build-node/usr/local/bin/node"
chmod 0755 "$work/build-node/usr/local/bin/node"
pack build-node
