#!/usr/bin/env bash
# Installs, on a bare Debian 12 machine and as root, all requirements of the lab and of the tests of scripts. Starts a
# Docker daemon if none runs. Skips installed programs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

packages=()
# needs PROGRAM PACKAGE...
needs() {
	command -v "$1" >/dev/null || packages+=("${@:2}")
}
needs dockerd docker.io
needs docker docker.io
needs podman podman
needs mmdebstrap mmdebstrap
needs jq jq
needs iptables iptables
needs shellcheck shellcheck
needs socat socat
needs tar tar
needs groovy groovy
needs curl curl
needs ip iproute2
needs nft nftables
needs losetup mount
needs mkfs.ext4 e2fsprogs
needs mkfs.xfs xfsprogs
needs etcd etcd-server
needs nginx nginx-light
needs haproxy haproxy
needs promtool prometheus
needs prometheus-node-exporter prometheus-node-exporter
needs restic restic
needs unzip unzip
needs python3 python3
# Debian has the module for virtual environments in a package of its own.
python3 -c "import ensurepip" 2>/dev/null || packages+=(python3-venv)
needs openssl openssl
if ((${#packages[@]} > 0)); then
	# On a new machine other programs, such as unattended upgrades, hold dpkg's lock for minutes.
	wait=(-o DPkg::Lock::Timeout=600)
	# Not every apt waits for the lock of the lists.
	tries=0
	until apt-get "${wait[@]}" update --quiet --quiet; do
		((++tries < 30)) || exit 1
		sleep 10
	done
	DEBIAN_FRONTEND=noninteractive apt-get "${wait[@]}" install --quiet --quiet --yes --no-install-recommends \
		"${packages[@]}" >/dev/null
	# Tests start their own servers. Disable those that Debian's packages start.
	for service in "etcd etcd-server" "nginx nginx-light" "haproxy haproxy" "prometheus prometheus" \
		"prometheus-node-exporter prometheus-node-exporter"; do
		[[ " ${packages[*]} " == *" ${service#* } "* ]] || continue
		if [[ -d /run/systemd/system ]]; then
			systemctl disable --quiet --now "${service% *}"
		else
			service "${service% *}" stop >/dev/null || true
		fi
	done
fi
bash "$here/../tools/setup.sh"

if ! docker info >/dev/null 2>&1; then
	# If systemd is not process 1, nothing else starts Docker, and systemd does not manage its cgroups.
	log=/var/log/dockerd-lab.log
	setsid dockerd --exec-opt native.cgroupdriver=cgroupfs >"$log" 2>&1 </dev/null &
	for ((second = 0; second < 30; second++)); do
		if docker info >/dev/null 2>&1; then break; fi
		sleep 1
	done
	docker info >/dev/null || {
		tail -n 20 "$log" >&2
		echo "setup.sh: the Docker daemon does not start, see above" >&2
		exit 1
	}
fi
