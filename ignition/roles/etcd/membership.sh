# shellcheck shell=bash
# How a member without data comes into its cluster, as a pure function. Sourced by etcd-join, and by its tests.

# How many attempts, a second each, nobody has to answer before this counts as the first start of all.
readonly membership_patience=5

# membership PEER_URL ANSWERED LEADER ATTEMPT: prints the next step; the member list (JSON) is on stdin.
#   ANSWERED  yes: some other member answered, and the list is its own
#   LEADER    yes: that cluster has a leader, and can change its members
#   new | existing | add | remove ID | wait REASON
membership() {
	local url=$1 answered=$2 leader=$3 attempt=$4 entry id started name
	if [[ $answered != yes ]]; then
		if ((attempt < membership_patience)); then echo "wait no other member answers"; else echo new; fi
		return
	fi
	entry=$(jq -r --arg url "$url" '.members // [] | map(select(.peerURLs // [] | index($url))) | first // empty |
		"\(.ID) \(if (.clientURLs // []) == [] then "no" else "yes" end) \(.name // "")"')
	read -r id started name <<<"$entry" || true
	if [[ -n $entry && $started == no && -n $name ]]; then
		# Named in everybody's first configuration and never seen since: the cluster is being made.
		echo new
	elif [[ $leader != yes ]]; then
		echo "wait the cluster knows this machine and has no leader to let it in again"
	elif [[ -z $entry ]]; then
		echo add
	elif [[ $started == no ]]; then
		# Added a moment ago, not started yet.
		echo existing
	else
		echo "remove $id"
	fi
}
