#!/bin/bash
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

root restic minbase restic,ca-certificates
install -m 0755 "$here/restic" "$work/restic/usr/local/bin/restic"
pack restic
