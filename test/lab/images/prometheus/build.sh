#!/bin/bash
# The real images have a busybox. These have none, so that the roles cannot depend on it.
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

only prometheus prometheus usr/bin/prometheus=bin/prometheus usr/bin/promtool=bin/promtool
mkdir -p "$work/prometheus/prometheus"
chown 65534:65534 "$work/prometheus/prometheus"
pack prometheus

# Debian's program reads templates from files. The real one contains them.
templates=usr/share/prometheus/alertmanager
only alertmanager prometheus-alertmanager usr/bin/prometheus-alertmanager=bin/alertmanager usr/bin/amtool=bin/amtool \
	$templates/default.tmpl=$templates/default.tmpl $templates/email.tmpl=$templates/email.tmpl
mkdir -p "$work/alertmanager/alertmanager"
chown 65534:65534 "$work/alertmanager/alertmanager"
pack alertmanager

only node-exporter prometheus-node-exporter usr/bin/prometheus-node-exporter=bin/node_exporter
pack node-exporter
