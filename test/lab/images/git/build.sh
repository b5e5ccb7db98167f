#!/bin/bash
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

root git minbase git,ca-certificates
pack git
