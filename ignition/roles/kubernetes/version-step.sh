# shellcheck shell=bash
# Which changes of version are allowed, as a pure function. Sourced by the scripts, and by their tests.

# version_step FROM TO: prints "same", "change" or "refuse REASON"; releases like 1.36.3, with or without a v before them.
version_step() {
	local from=${1#v} to=${2#v} old new
	IFS=. read -r _ old _ <<<"$from"
	IFS=. read -r _ new _ <<<"$to"
	if [[ $from == "$to" ]]; then
		echo same
	elif ((new > old + 1)); then
		echo "refuse from $from to $to skips a minor version; go to 1.$((old + 1)) first"
	elif ((new < old)); then
		echo "refuse $to is older than $from, which the cluster's data was written by; restore a backup of that time instead"
	else
		# Within a minor version the data is the same: going back to the patch that worked is allowed.
		echo change
	fi
}

# worker_step API WORKER: whether a kubelet of WORKER may work for an API server of API; prints "fits" or "refuse REASON".
worker_step() {
	local api kubelet
	IFS=. read -r _ api _ <<<"${1#v}"
	IFS=. read -r _ kubelet _ <<<"${2#v}"
	if ((kubelet > api)); then
		echo "refuse a kubelet of ${2#v} is newer than the API servers of ${1#v}; the control planes come first"
	elif ((api - kubelet > 3)); then
		echo "refuse a kubelet of ${2#v} is more than three minor versions older than the API servers of ${1#v}"
	else
		echo fits
	fi
}
