#!/bin/bash
# Stand-in for the entrypoint of docker.io/percona/percona-xtradb-cluster:8.4: the same environment variables, the same
# changes of node.cnf, the same rules for a new data directory and a new cluster. test/lab/images/README.md describes
# the contract and its sources.
set -euo pipefail

cnf=/etc/mysql/node.cnf

case "${1:-}" in
-*) set -- mysqld "$@" ;;
esac
if [[ -n ${DISCOVERY_SERVICE:-} ]]; then
	echo "DISCOVERY_SERVICE uses etcd v2, which no supported etcd has" >&2
	exit 1
fi

# put KEY VALUE: sets a (possibly commented out) line of node.cnf in place.
put() {
	local text
	text=$(sed -r "s|^#?$1=.*\$|$1=$2|" "$cnf")
	printf '%s\n' "$text" >"$cnf"
}
put wsrep_node_address "$(hostname -I | awk '{ print $1 }')"
put wsrep_node_incoming_address "$(hostname -f):3306"
if [[ -n ${CLUSTER_JOIN:-} ]]; then put wsrep_cluster_address "gcomm://$CLUSTER_JOIN"; fi
if [[ -n ${CLUSTER_NAME:-} ]]; then put wsrep_cluster_name "$CLUSTER_NAME"; fi

if [[ $1 != mysqld ]]; then
	exec "$@"
fi
for argument; do
	case $argument in
	--help | -\? | --version | -V | --print-defaults) exec "$@" ;;
	esac
done

data=/var/lib/mysql
# Only a node that joins no other node initializes its data. A joiner gets its data from the cluster.
if [[ -z ${CLUSTER_JOIN:-} && ! -d $data/mysql ]]; then
	if [[ -z ${MYSQL_ROOT_PASSWORD:-}${MYSQL_ROOT_PASSWORD_FILE:-}${MYSQL_ALLOW_EMPTY_PASSWORD:-}${MYSQL_RANDOM_ROOT_PASSWORD:-} ]]; then
		echo "error: database is uninitialized and password option is not specified" >&2
		exit 1
	fi
	if [[ -z ${MYSQL_ALLOW_EMPTY_PASSWORD:-} || ${MYSQL_ROOT_HOST:-%} != localhost ]]; then
		echo "the stand-in only supports MYSQL_ALLOW_EMPTY_PASSWORD with MYSQL_ROOT_HOST=localhost" >&2
		exit 1
	fi
	rm -rf "${data:?}"/*
	"$@" --initialize-insecure
	# The accounts of the real image, with its default passwords.
	mariadbd --no-defaults --datadir="$data" --bootstrap --skip-networking <<-SQL
		delete from mysql.global_priv where (User, Host) not in (('root', 'localhost'), ('mysql', 'localhost'), ('mariadb.sys', 'localhost'));
		flush privileges;
		create user xtrabackup@localhost identified by '${XTRABACKUP_PASSWORD:-xtrabackup}';
		create user monitor@localhost identified by '${MONITOR_PASSWORD:-monitor}';
		create user clustercheck@localhost identified by '${CLUSTERCHECK_PASSWORD:-clustercheck}';
		-- Percona's server makes itself an account for each state transfer; MariaDB's has to have one.
		create user mysql@localhost identified via unix_socket;
		grant all on *.* to mysql@localhost;
	SQL
fi

position=()
if [[ -d $data/mysql ]]; then
	uuid=$(awk '$1 == "uuid:" { print $2 }' "$data/grastate.dat" 2>/dev/null || true)
	seqno=$(awk '$1 == "seqno:" { print $2 }' "$data/grastate.dat" 2>/dev/null || true)
	if [[ -z $seqno || $seqno == -1 ]]; then
		log=$(mktemp "$data/wsrep_recovery_verbose.XXXXXX")
		"$@" --wsrep_recover --log-error-verbosity=3 --log_error="$log"
		recovered=$(sed -n 's/.* Recovered position: *//p' "$log" | tail -1)
		rm "$log"
	else
		recovered=$uuid:$seqno
	fi
	if [[ -n $recovered ]]; then position=("--wsrep_start_position=$recovered"); fi
fi
exec "$@" ${position[@]+"${position[@]}"}
