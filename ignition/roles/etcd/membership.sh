# shellcheck shell=bash
# Decides how a member without data joins its cluster: a pure function. Sourced by etcd-join and its tests.

# Attempts without an answer, one per second, before this counts as the first start of a new cluster.
readonly membership_patience=5

# membership PEER_URL ANSWERED LEADER ATTEMPT [PATIENCE]: prints the next step. Stdin: the member list (JSON).
#   ANSWERED  yes: another member answered with this list
#   LEADER    yes: the cluster has a leader and can change its members
#   PATIENCE  replaces the number of attempts; empty: wait without limit, because this is not the first start
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
		# Named in the initial configuration of all members, never started: the cluster is new.
		echo new
	elif [[ -n $entry && $started == no ]]; then
		# Added, not started. It counts as a member, so the others may need it for a quorum and a leader.
		echo existing
	elif [[ $leader != yes ]]; then
		echo "wait the cluster has no leader to let this machine in"
	elif [[ -z $entry ]]; then
		echo add
	else
		echo "remove $id"
	fi
}
