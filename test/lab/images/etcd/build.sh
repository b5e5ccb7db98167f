#!/bin/bash
# Like the real image: two binaries and no shell.
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

only etcd etcd-server,etcd-client usr/bin/etcd=usr/local/bin/etcd usr/bin/etcdctl=usr/local/bin/etcdctl
mkdir -p "$work/etcd/var/lib/etcd"
pack etcd
