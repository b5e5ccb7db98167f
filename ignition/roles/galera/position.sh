# shellcheck shell=bash
# What is on this node's disk, without starting the server. Sourced by galera-start and galera-agent, and by the tests.

readonly nowhere=00000000-0000-0000-0000-000000000000

# has_data DIRECTORY: whether it holds a database that was once complete. One that a state transfer was still filling
# is worth nothing.
has_data() {
	[[ -e $1/ibdata1 && -d $1/mysql && ! -e $1/sst_in_progress ]]
}

# saved_position DIRECTORY: "<uuid>:<seqno>" as Galera saved it. Only a clean stop leaves a seqno; -1 means that the
# server has to be asked (wsrep-recover). In the midst of a schema change even the uuid is zero.
saved_position() {
	local uuid seqno
	uuid=$(awk '$1 == "uuid:" { print $2 }' "$1/grastate.dat" 2>/dev/null || true)
	seqno=$(awk '$1 == "seqno:" { print $2 }' "$1/grastate.dat" 2>/dev/null || true)
	echo "${uuid:-$nowhere}:${seqno:--1}"
}

# recovered_position: the position in the log of a server that was run with --wsrep-recover, on stdin.
recovered_position() {
	local position
	position=$(sed -n 's/.*Recovered position: *\([0-9a-fA-F-]\{36\}:-\{0,1\}[0-9]\{1,\}\).*/\1/p' | tail -n 1)
	echo "${position:-$nowhere:-1}"
}

# remember FILE CLUSTER NODE...: adds to the file what this node knows of its cluster: its UUID, then every node ever seen
# in it, one a line. For the day on which etcd has lost everything; not just the nodes of today, because a node that has
# been away for long must not take itself for the last one.
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
