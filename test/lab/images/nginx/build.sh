#!/bin/bash
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

root nginx minbase nginx-light
ln -sf /dev/stderr "$work/nginx/var/log/nginx/error.log"
pack nginx
