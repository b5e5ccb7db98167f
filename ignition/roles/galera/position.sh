# shellcheck shell=bash
# Reads the data on this node's disk without the server. Sourced by galera-start, galera-agent and the tests.

readonly nowhere=00000000-0000-0000-0000-000000000000

# has_data DIRECTORY: succeeds if it contains a complete database. After an interrupted state transfer it does not.
has_data() {
	[[ -e $1/ibdata1 && -d $1/mysql && ! -e $1/sst_in_progress ]]
}

# saved_position DIRECTORY: prints "<uuid>:<seqno>" as saved by Galera. The seqno is -1 after a crash: only the server
# can find it (wsrep-recover). After a crash during a schema change, the uuid is zero too.
saved_position() {
	local uuid seqno
	uuid=$(awk '$1 == "uuid:" { print $2 }' "$1/grastate.dat" 2>/dev/null || true)
	seqno=$(awk '$1 == "seqno:" { print $2 }' "$1/grastate.dat" 2>/dev/null || true)
	echo "${uuid:-$nowhere}:${seqno:--1}"
}

# recovered_position: prints the position from the log of a server with --wsrep-recover, on stdin.
recovered_position() {
	local position
	position=$(sed -n 's/.*Recovered position: *\([0-9a-fA-F-]\{36\}:-\{0,1\}[0-9]\{1,\}\).*/\1/p' | tail -n 1)
	echo "${position:-$nowhere:-1}"
}

# remember FILE CLUSTER NODE...: saves the UUID of the cluster and all nodes ever seen in it, one per line. Used if etcd
# loses its keys. Keeps former nodes, so that a node with old data does not restart the cluster alone.
remember() {
	local file=$1 cluster=$2 known=''
	if [[ $(head -n 1 "$file" 2>/dev/null) == "$cluster" ]]; then known=$(tail -n +2 "$file"); fi
	{
		printf '%s\n' "$cluster"
		printf '%s\n' "$known" "${@:3}" | awk 'NF' | sort -u
	} >"$file.new"
	if ! cmp --quiet "$file.new" "$file"; then
		sync "$file.new"
		mv "$file.new" "$file"
	fi
}
