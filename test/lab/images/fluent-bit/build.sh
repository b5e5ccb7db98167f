#!/bin/bash
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

root fluent-bit minbase python3-minimal,python3-yaml,systemd
install -D -m 0755 "$here/fluent-bit" "$work/fluent-bit/fluent-bit/bin/fluent-bit"
pack fluent-bit
