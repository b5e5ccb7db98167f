# shellcheck shell=bash
# Decides how a Galera node starts, so that there is never a second cluster and no acknowledged write is lost. A pure
# function of the keys in etcd and the data on this node's disk. Sourced by galera-start and its tests.
#
# Keys in etcd, below /paasmas/galera/<cluster>/:
#   uuid              state UUID of the cluster; put once, by the first Synced node
#   bootstrap         the node that is elected to create the cluster; put once
#   members/<node>    nodes whose data counts. A node is added before it joins; a Primary component removes a node that
#                     it has lost. So this is always a superset of the last Primary component
#   alive/<node>      leased: "<state> <address>"; state `primary` while in a Primary component
#   recovered/<node>  leased by a node with a stopped server: position "<uuid>:<seqno>" of the data on its disk
#   recovery          leased: the node that restarts the cluster from its data
#   joining           leased: the node that joins the Primary component. One at a time, so that each has a complete
#                     donor and no other joiner interrupts its transfer

# decide NODE DATA: prints the next step of NODE, given the keys on stdin (lines "<key> <value>").
#   DATA is the cluster UUID of the data on NODE's disk, or "none".
#
#   join ADDRESS,...  join the Primary component at these addresses
#   elect             try to become the node that creates the cluster
#   create            create the cluster
#   register          put the UUID of the local data into an empty etcd
#   report            put recovered/NODE
#   recover           restart the cluster from NODE's data
#   wait REASON       do nothing and decide again later
#   refuse REASON     do nothing until an operator has solved the problem
decide() {
	local node=$1 data=$2
	local key value name uuid seqno
	local cluster='' elected='' recovery='' joining='' primaries='' missing='' best='' best_seqno=-1
	local -a names=()
	local -A members=() reports=()

	while read -r key value; do
		case $key in
		uuid) cluster=$value ;;
		bootstrap) elected=$value ;;
		recovery) recovery=$value ;;
		joining) joining=$value ;;
		members/*) names+=("${key#members/}") members[${key#members/}]=1 ;;
		recovered/*) reports[${key#recovered/}]=$value ;;
		alive/*)
			# The key of this node is from before its restart.
			if [[ $value == "primary "* && ${key#alive/} != "$node" ]]; then primaries+=,${value#primary }; fi
			;;
		esac
	done
	primaries=${primaries#,}

	# Joining would delete the data of another cluster.
	if [[ -n $cluster && $data != none && $data != "$cluster" ]]; then
		echo "refuse this disk holds data of cluster $data, not of $cluster; empty it to join"
		return
	fi

	if [[ -z $cluster ]]; then
		if [[ -n $primaries ]]; then
			echo "wait the running nodes have not registered the cluster again yet"
		elif [[ $data != none ]]; then
			echo register
		elif [[ -n $elected && $elected != "$node" ]]; then
			echo "wait $elected creates the cluster"
		elif [[ -n ${names[*]} && ${names[*]} != "$elected" ]]; then
			# Members put a uuid, but it is missing: etcd has lost keys of an existing cluster.
			echo "refuse etcd knows members (${names[*]}) of a cluster without a uuid"
		elif [[ -z $elected ]]; then
			echo elect
		else
			echo create
		fi
		return
	fi

	local busy=''
	if [[ -n $recovery && $recovery != "$node" ]]; then busy="wait $recovery restarts the cluster"; fi

	if [[ -n $primaries && -n $busy ]]; then
		echo "$busy"
	elif [[ -n $primaries && -n $joining && $joining != "$node" ]]; then
		echo "wait $joining is joining"
	elif [[ -n $primaries ]]; then
		echo "join $primaries"
	elif [[ -z ${names[*]} ]]; then
		echo "refuse no member of cluster $cluster is recorded: put members/<node> for the nodes with the newest data"
	elif [[ -z ${members[$node]:-} ]]; then
		echo "wait none of the last members (${names[*]}) runs, and the data here does not count"
	elif [[ -z ${reports[$node]:-} ]]; then
		# Also during the recovery by another node: if that one fails, it needs all reports again.
		echo report
	elif [[ -n $busy ]]; then
		echo "$busy"
	else
		# Wait for the positions of all members: the late one can have the newest data.
		for name in "${names[@]}"; do
			if [[ -z ${reports[$name]:-} ]]; then
				missing+=" $name"
				continue
			fi
			uuid=${reports[$name]%:*} seqno=${reports[$name]##*:}
			# Of equal positions, the first name wins: all nodes choose the same one.
			if [[ $uuid == "$cluster" &&
				($seqno -gt $best_seqno || ($seqno -eq $best_seqno && -n $best && $name < $best)) ]]; then
				best=$name best_seqno=$seqno
			fi
		done
		if [[ -n $missing ]]; then
			echo "wait these members have not said how far their data goes:$missing"
		elif [[ -z $best ]]; then
			echo "refuse no member has usable data of cluster $cluster;" \
				"restore a backup on one, or delete all keys to create a new cluster"
		elif [[ $best == "$node" ]]; then
			echo recover
		else
			echo "wait $best has the newest data (seqno $best_seqno) and restarts the cluster"
		fi
	fi
}
