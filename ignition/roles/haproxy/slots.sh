# shellcheck shell=bash
# Computes HAProxy commands from the members of the cluster: pure functions. Sourced by haproxy-members and its tests.

# slot NODE: prints its slot, from the number at the end of its name, so that all machines use the same slot.
slot() {
	local ordinal=${1##*[!0-9]}
	echo $((10#${ordinal:-0} + 1))
}

# slot_commands SLOTS MEMBERS: prints Runtime API commands that put the members into the slots.
#   SLOTS    lines "<backend> <slot> <address> <up: 2, down: 0> <maintenance: 1 or 0>", from HAProxy
#   MEMBERS  lines "<node> <address>", from etcd
# A member that is missing in etcd leaves its slot only when HAProxy's check fails too: if etcd loses its data, all
# connections stay.
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
			# Maintenance closes the connections to the old address.
			if [[ $maintenance == 0 ]]; then echo "set server $backend/galera$number state maint"; fi
			echo "set server $backend/galera$number addr $wanted port 3306"
		fi
		if [[ $address != "$wanted" || $maintenance == 1 ]]; then echo "set server $backend/galera$number state ready"; fi
	done <<<"$1"
}
