# shellcheck shell=bash
# Checks version changes, as pure functions. Sourced by the scripts and their tests.

# version_step FROM TO: prints "same", "change" or "refuse REASON". Versions are like 1.36.3 or v1.36.3.
version_step() {
	local from=${1#v} to=${2#v} old new
	IFS=. read -r _ old _ <<<"$from"
	IFS=. read -r _ new _ <<<"$to"
	if [[ $from == "$to" ]]; then
		echo same
	elif ((new > old + 1)); then
		echo "refuse from $from to $to skips a minor version; go to 1.$((old + 1)) first"
	elif ((new < old)); then
		echo "refuse $to is older than $from, which wrote the cluster's data; restore an older backup instead"
	else
		# A downgrade within a minor version is allowed: the data format is the same.
		echo change
	fi
}

# worker_step API WORKER: prints "fits" if a kubelet of WORKER works with API servers of API, else "refuse REASON".
worker_step() {
	local api kubelet
	IFS=. read -r _ api _ <<<"${1#v}"
	IFS=. read -r _ kubelet _ <<<"${2#v}"
	if ((kubelet > api)); then
		echo "refuse kubelet ${2#v} is newer than the API servers (${1#v}); upgrade the control planes first"
	elif ((api - kubelet > 3)); then
		echo "refuse kubelet ${2#v} is more than three minor versions older than the API servers (${1#v})"
	else
		echo fits
	fi
}
