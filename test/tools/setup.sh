#!/usr/bin/env bash
# Installs on Debian 12 what build.sh needs: a C compiler, libblkid's headers, and Go. Debian's own Go is too old;
# backports' is young enough to fetch the release that go.mod asks for. Does nothing for what is installed.
set -euo pipefail

# From 1.21 on, go fetches a newer release of itself where a module needs one.
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
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "${packages[@]}"
fi
