#!/bin/bash
# Both databases are MariaDB's server. The contracts of their images differ (../README.md).
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# Create the user first, because the package would use another id.
# shellcheck disable=SC2016 # mmdebstrap's own shell expands it
root mariadb minbase mariadb-server,mariadb-client,mariadb-backup,galera-4,socat,procps,openssl,lsof,iproute2 \
	--essential-hook='echo mysql:x:999:999::/nonexistent:/usr/sbin/nologin >>"$1/etc/passwd"; echo mysql:x:999: >>"$1/etc/group"'
rm -rf "$work/mariadb/var/lib/mysql" "$work"/mariadb/etc/mysql/mariadb.conf.d/*
install -d -o 999 -g 999 "$work/mariadb/var/lib/mysql"
install -d -o 999 -g 999 -m 1777 "$work/mariadb/run/mysqld"
install -d "$work/mariadb/docker-entrypoint-initdb.d"
cp -a "$work/mariadb" "$work/percona"

rm -f "$work"/mariadb/usr/bin/mysql{,admin,dump} "$work/mariadb/usr/sbin/mysqld"
install -m 0755 "$here/mariadb/docker-entrypoint.sh" "$work/mariadb/usr/local/bin/"
pack mariadb

sed -i 's/^mysql:x:999:999:/mysql:x:1001:1001:/' "$work/percona/etc/passwd"
sed -i 's/^mysql:x:999:/mysql:x:1001:/' "$work/percona/etc/group"
rm -rf "$work/percona"/etc/mysql "$work/percona"/etc/my.cnf*
for client in '' admin dump binlog; do
	mv "$work/percona/usr/bin/mariadb${client:+-$client}" "$work/percona/usr/bin/mysql$client"
done
rm -f "$work/percona/usr/sbin/mysqld"
for directory in etc/mysql etc/mysql/conf.d etc/percona-xtradb-cluster.conf.d var/log/mysql var/lib/mysql \
	docker-entrypoint-initdb.d; do
	install -d -o 1001 -g 1001 -m 0775 "$work/percona/$directory"
done
ln -s /etc/mysql/conf.d "$work/percona/etc/my.cnf.d"
install -m 0644 "$here/percona/my.cnf" "$work/percona/etc/my.cnf"
install -o 1001 -g 1001 -m 0664 "$here/percona/node.cnf" "$work/percona/etc/mysql/node.cnf"
install -m 0755 "$here/percona/mysqld" "$work/percona/usr/sbin/mysqld"
# The donor gives the joiner ten seconds to listen in every state transfer. On one machine two are enough.
transfer=$work/percona/usr/bin/wsrep_sst_mariabackup
grep -q '^ *sleep 10$' "$transfer"
sed -i 's/^\( *\)sleep 10$/\1sleep 2/' "$transfer"
install -m 0644 "$here/percona/options.txt" "$work/percona/usr/share/percona-options.txt"
install -m 0755 "$here/percona/entrypoint.sh" "$work/percona/entrypoint.sh"
pack percona
