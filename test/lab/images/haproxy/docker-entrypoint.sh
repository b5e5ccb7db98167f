#!/bin/sh
# The rule of the official image: options or the bare name become a foreground master-worker.
set -e
case "${1:-}" in
-*) set -- haproxy "$@" ;;
esac
if [ "$1" = haproxy ]; then
	shift
	set -- haproxy -W -db "$@"
fi
exec "$@"
