# shellcheck shell=bash
# Who may start a Galera node how: the one decision on which it depends that there is never a second cluster and never
# an acknowledged write lost. A pure function of what etcd holds and of what is on this node's disk; sourced by
# galera-start, and by its tests.
#
# etcd holds, below /paasmas/galera/<cluster>/:
#   uuid              the cluster's state UUID, put once, by the first node that was Synced
#   bootstrap         the node that was elected to make the cluster; put once
#   members/<node>    nodes whose data counts: one enters before it joins, and is taken out by a Primary component
#                     that goes on without it. So this is always a superset of the last Primary component
#   alive/<node>      leased: "<state> <address>"; state `primary` while in a Primary component
#   recovered/<node>  leased by a node whose server is down and stays down: "<uuid>:<seqno>" of what is on its disk
#   recovery          leased: the node that is about to restart the cluster from its own data
#   joining           leased: the node whose server is on its way into the Primary component. One at a time: each gets
#                     what it lacks from a node that has all of it, and no transfer is cut short by another one's entry

# decide NODE DATA: prints what NODE has to do, given the snapshot on stdin (lines "<key> <value>").
#   DATA is the cluster UUID of the data on NODE's disk, or "none".
#
#   join ADDRESS,...  into the Primary component with these addresses
#   elect             try to become the node that makes the cluster
#   create            make the cluster
#   register          tell an etcd that knows nothing which cluster this data belongs to
#   report            put recovered/NODE
#   recover           restart the cluster from NODE's data
#   wait REASON       nothing now; look again
#   refuse REASON     nothing, until somebody has looked into it
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
			# One's own key is left over from before.
			if [[ $value == "primary "* && ${key#alive/} != "$node" ]]; then primaries+=,${value#primary }; fi
			;;
		esac
	done
	primaries=${primaries#,}

	# Data of another cluster is somebody's data: joining would wipe it.
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
			echo "wait $elected makes the cluster"
		elif [[ -n ${names[*]} && ${names[*]} != "$elected" ]]; then
			# Keys are missing that members put: there was a cluster.
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
		# Also while another node is at it: should it fail, it needs to ask everybody again.
		echo report
	elif [[ -n $busy ]]; then
		echo "$busy"
	else
		# Every member has to say how far its data goes: the newest may be on the one that is late.
		for name in "${names[@]}"; do
			if [[ -z ${reports[$name]:-} ]]; then
				missing+=" $name"
				continue
			fi
			uuid=${reports[$name]%:*} seqno=${reports[$name]##*:}
			# Of equals the first by name, so that all nodes choose the same one.
			if [[ $uuid == "$cluster" && ($seqno -gt $best_seqno || ($seqno -eq $best_seqno && -n $best && $name < $best)) ]]; then
				best=$name best_seqno=$seqno
			fi
		done
		if [[ -n $missing ]]; then
			echo "wait these members have not said how far their data goes:$missing"
		elif [[ -z $best ]]; then
			echo "refuse no member has usable data of cluster $cluster; restore a backup on one, or delete all keys to begin anew"
		elif [[ $best == "$node" ]]; then
			echo recover
		else
			echo "wait $best has the newest data (seqno $best_seqno) and restarts the cluster"
		fi
	fi
}
