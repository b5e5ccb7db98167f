#!/bin/bash
# Stand-in for the entrypoint of docker.io/library/mariadb:11.8. It first initializes an empty data directory, creates
# an administrator without a password only on request, and then starts the server.
set -euo pipefail

case "${1:-}" in
-*) set -- mariadbd "$@" ;;
esac
if [[ $1 != mariadbd ]]; then
	exec "$@"
fi
for argument; do
	case $argument in
	--help | -\? | --version | -V | --print-defaults) exec "$@" ;;
	esac
done
if [[ $(id -u) == 0 ]]; then
	echo "the stand-in has no gosu: run it as the user mysql (999)" >&2
	exit 1
fi

data=$("$@" --verbose --help 2>/dev/null | awk '$1 == "datadir" { print $2; exit }')
if [[ ! -d $data/mysql ]]; then
	if [[ -z ${MARIADB_ROOT_PASSWORD:-}${MARIADB_ROOT_PASSWORD_FILE:-}${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-}${MARIADB_RANDOM_ROOT_PASSWORD:-} ]]; then
		echo "Database is uninitialized and password option is not specified" >&2
		exit 1
	fi
	if [[ -z ${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-} || ${MARIADB_ROOT_HOST:-%} != localhost ]]; then
		echo "the stand-in only supports MARIADB_ALLOW_EMPTY_ROOT_PASSWORD with MARIADB_ROOT_HOST=localhost" >&2
		exit 1
	fi
	mariadb-install-db --datadir="$data" --auth-root-authentication-method=normal --skip-test-db --skip-log-bin "${@:2}" >/dev/null
	# The real entrypoint uses a temporary server for this. The result is the same: only root@localhost exists.
	mariadbd --no-defaults --datadir="$data" --bootstrap --skip-networking <<-'SQL'
		delete from mysql.global_priv where User = 'root' and Host <> 'localhost';
		delete from mysql.global_priv where User = '';
	SQL
fi
exec "$@"
