#!/bin/bash
# The real Loki in the version of production: a static binary, as in its image.
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

bash "$here/../../../tools/loki/build.sh"
mkdir -p "$work"/loki/{etc,tmp}
chmod 1777 "$work/loki/tmp"
install -D "$here/../../../../.cache/tools/loki" "$work/loki/usr/bin/loki"
pack loki
