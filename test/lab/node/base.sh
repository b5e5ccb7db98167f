#!/bin/bash
# Builds the Debian root of the lab's nodes, a stand-in for Fedora CoreOS with the tools that the roles need.
# Usage: base.sh OUTPUT.tar
set -euo pipefail

output=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
packages=(
	systemd systemd-sysv dbus libpam-systemd udev kmod
	podman crun netavark aardvark-dns catatonit uidmap
	bash curl jq socat iproute2 nftables iptables procps util-linux xfsprogs e2fsprogs ca-certificates openssl passwd openssh-server
)

mmdebstrap --quiet --mode=root --format=tar --variant=minbase --include="$(
	IFS=,
	echo "${packages[*]}"
)" \
	--aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
	--dpkgopt=force-unsafe-io \
	--customize-hook="'$here/customize.sh' \"\$1\"" \
	bookworm "$output" \
	'deb http://deb.debian.org/debian bookworm main' \
	'deb http://deb.debian.org/debian-security bookworm-security main'
