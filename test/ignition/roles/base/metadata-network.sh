#!/bin/bash
# Creates the network of a machine in separate namespaces and runs a command on the machine:
#
#   container 10.88.0.2 ── 10.88.0.1 machine 10.0.0.2 ── 10.0.0.1 cloud: metadata service, other service
#
# The metadata service has its addresses on AWS and OpenStack. All namespaces end with the command.
#   unshare --net bash metadata-network.sh SERVER COMMAND [ARGUMENT...]
# SERVER is a shell command that serves HTTP on port 80 and writes a line when it listens. CLOUD and CONTAINER contain
# the process ids of the other namespaces, for nsenter.
set -euo pipefail

trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
server=$1
shift

# new_namespace: sets $neighbour to the id of a process in a new network namespace.
new_namespace() {
	unshare --net sleep infinity >/dev/null &
	local pid=$!
	until [[ $(readlink "/proc/$pid/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do sleep 0.05; done
	neighbour=$pid
}

# connect NEIGHBOUR LINK OWN OWN6 OTHER OTHER6: connects this namespace to another one and sets the addresses.
connect() {
	ip link add name "$2" type veth peer name eth0 netns "$1"
	ip addr add "$3/24" dev "$2"
	ip -6 addr add "$4/64" dev "$2" nodad
	ip link set "$2" up
	# shellcheck disable=SC2016  # variables of the inner shell
	nsenter --target "$1" --net bash -euc '
		ip link set lo up
		ip addr add "$1/24" dev eth0
		ip -6 addr add "$2/64" dev eth0 nodad
		ip link set eth0 up
		ip route add default via "$3"
		ip -6 route add default via "$4"' bash "$5" "$6" "$3" "$4"
}

ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
new_namespace
export CLOUD=$neighbour
new_namespace
export CONTAINER=$neighbour
connect "$CLOUD" cloud 10.0.0.2 fd00:1::2 10.0.0.1 fd00:1::1
connect "$CONTAINER" container 10.88.0.1 fd00:2::1 10.88.0.2 fd00:2::2
nsenter --target "$CLOUD" --net bash -euc '
	ip addr add 169.254.169.254/32 dev lo
	ip -6 addr add fd00:ec2::254/128 dev lo nodad'
ip route add 169.254.169.254 via 10.0.0.1
ip -6 route add fd00:ec2::254 via fd00:1::1

coproc serve { exec nsenter --target "$CLOUD" --net bash -c "exec $server"; }
read -r _ <&"${serve[0]}"
"$@"
