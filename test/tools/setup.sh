#!/usr/bin/env bash
# Installs the requirements of build.sh on Debian 12: a C compiler, libblkid's headers, and Go. Debian's Go is too old.
# The one of backports can download the release in go.mod. Skips installed packages.
set -euo pipefail

# go 1.21 or later downloads the release that a module requires.
young_enough() {
	command -v go >/dev/null || return 1
	local version
	version=$(GOTOOLCHAIN=local go env GOVERSION)
	[[ $version =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 21))
}

packages=()
[[ -e /usr/include/blkid/blkid.h ]] || packages+=(libblkid-dev)
command -v gcc >/dev/null || packages+=(gcc libc6-dev)
if ! young_enough; then
	echo "deb http://deb.debian.org/debian bookworm-backports main" >/etc/apt/sources.list.d/bookworm-backports.list
	packages+=(golang-go/bookworm-backports golang-src/bookworm-backports ca-certificates)
fi
if ((${#packages[@]} > 0)); then
	apt-get -o DPkg::Lock::Timeout=600 update -qq
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends \
		"${packages[@]}"
fi
