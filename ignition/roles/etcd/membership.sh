# shellcheck shell=bash
# How a member without data comes into its cluster, as a pure function. Sourced by etcd-join, and by its tests.

# How many attempts, a second each, nobody has to answer before this counts as the first start of all.
readonly membership_patience=5

# membership PEER_URL ANSWERED LEADER ATTEMPT [PATIENCE]: prints the next step; the member list (JSON) is on stdin.
#   ANSWERED  yes: some other member answered, and the list is its own
#   LEADER    yes: that cluster has a leader, and can change its members
#   PATIENCE  another number of those attempts; empty: whoever does not answer is waited for, this is no first start
#   new | existing | add | remove ID | wait REASON
membership() {
	local url=$1 answered=$2 leader=$3 attempt=$4 patience=${5-$membership_patience} entry id started name
	if [[ $answered != yes ]]; then
		if [[ -z $patience ]] || ((attempt < patience)); then echo "wait no other member answers"; else echo new; fi
		return
	fi
	entry=$(jq -r --arg url "$url" '.members // [] | map(select(.peerURLs // [] | index($url))) | first // empty |
		"\(.ID) \(if (.clientURLs // []) == [] then "no" else "yes" end) \(.name // "")"')
	read -r id started name <<<"$entry" || true
	if [[ -n $entry && $started == no && -n $name ]]; then
		# Named in everybody's first configuration and never seen since: the cluster is being made.
		echo new
	elif [[ -n $entry && $started == no ]]; then
		# Added, not started yet. It is a member already, and others may have no quorum, so no leader, without it.
		echo existing
	elif [[ $leader != yes ]]; then
		echo "wait the cluster has no leader to let this machine in"
	elif [[ -z $entry ]]; then
		echo add
	else
		echo "remove $id"
	fi
}
