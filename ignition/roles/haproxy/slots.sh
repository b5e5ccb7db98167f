# shellcheck shell=bash
# What to tell HAProxy about the cluster's members, as pure functions. Sourced by haproxy-members, and by its tests.

# slot NODE: its slot, from the ordinal at the end of its name: the same on every machine, in whatever order nodes come.
slot() {
	local ordinal=${1##*[!0-9]}
	echo $((10#${ordinal:-0} + 1))
}

# slot_commands SLOTS MEMBERS: Runtime API commands that make the slots hold the members.
#   SLOTS    lines "<backend> <slot> <address> <up: 2, down: 0> <maintenance: 1 or 0>", as HAProxy has them
#   MEMBERS  lines "<node> <address>", as etcd has them
# etcd adds, health removes: a slot whose member has gone from etcd is only emptied when HAProxy's own checks have it
# down as well, so that the loss of etcd's data costs no connection.
slot_commands() {
	local backend number address up maintenance node wanted
	local -A members=()
	while read -r node wanted; do
		if [[ -n $node ]]; then members[$(slot "$node")]=$wanted; fi
	done <<<"$2"
	while read -r backend number address up maintenance; do
		if [[ -z $backend ]]; then continue; fi
		wanted=${members[$number]:-}
		if [[ -z $wanted ]]; then
			if [[ $maintenance == 0 && $up == 0 ]]; then echo "set server $backend/galera$number state maint"; fi
			continue
		fi
		if [[ $address != "$wanted" ]]; then
			# Never under way: connections to the old address end with the slot's maintenance.
			if [[ $maintenance == 0 ]]; then echo "set server $backend/galera$number state maint"; fi
			echo "set server $backend/galera$number addr $wanted port 3306"
		fi
		if [[ $address != "$wanted" || $maintenance == 1 ]]; then echo "set server $backend/galera$number state ready"; fi
	done <<<"$1"
}
