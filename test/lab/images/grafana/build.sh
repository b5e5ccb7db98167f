#!/bin/bash
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

root grafana minbase python3,python3-yaml,ca-certificates
mkdir -p "$work"/grafana/{etc/grafana,var/lib/grafana,var/log/grafana}
: >"$work/grafana/etc/grafana/grafana.ini"
chown 472:472 "$work"/grafana/var/{lib,log}/grafana
install -D -m 0755 "$here/grafana" "$work/grafana/usr/share/grafana/bin/grafana"
install -m 0755 "$here/run.sh" "$work/grafana/run.sh"
pack grafana
