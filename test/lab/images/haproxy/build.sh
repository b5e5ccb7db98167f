#!/bin/bash
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

root haproxy minbase haproxy
sed -ri 's/^haproxy:x:[0-9]+:[0-9]+:/haproxy:x:99:99:/' "$work/haproxy/etc/passwd"
sed -ri 's/^haproxy:x:[0-9]+:/haproxy:x:99:/' "$work/haproxy/etc/group"
mkdir -p "$work/haproxy/usr/local/etc/haproxy"
ln -s /usr/sbin/haproxy "$work/haproxy/usr/local/sbin/haproxy"
install -m 0755 "$here/docker-entrypoint.sh" "$work/haproxy/usr/local/bin/"
pack haproxy
