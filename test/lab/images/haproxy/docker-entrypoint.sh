#!/bin/sh
# The rule of the official image: options or the bare name start a master-worker in the foreground.
set -e
case "${1:-}" in
-*) set -- haproxy "$@" ;;
esac
if [ "$1" = haproxy ]; then
	shift
	set -- haproxy -W -db "$@"
fi
exec "$@"
