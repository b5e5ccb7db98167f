# shellcheck shell=bash
# Shared functions of the stand-ins' build.sh: Debian 12 packages in a folder, and a folder as an archive.
# Sourced as: . ../lib.sh OUTDIR. Needs root and mmdebstrap.

# shellcheck disable=SC2034 # used by scripts that source this file
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
out=$(mkdir -p "${1:?usage: build.sh OUTDIR}" && cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# root NAME VARIANT PACKAGES [mmdebstrap options]: a Debian root in $work/NAME, without files that no service reads.
root() {
	local name=$1 variant=$2 packages=$3
	shift 3
	# The image need not survive a power loss: without syncs dpkg is several times faster. path-exclude would be slower:
	# it filters every package.
	mmdebstrap --quiet --variant="$variant" --include="$packages" --dpkgopt=force-unsafe-io "$@" bookworm "$work/$name"
	rm -rf "$work/$name"/usr/share/{doc,man,locale,zoneinfo}/*
}

# only NAME PACKAGES PROGRAM...: a root in $work/NAME with these programs of the packages, at PATH=WHERE, and their
# libraries. It has no shell, so that the roles cannot depend on one.
only() {
	local name=$1 packages=$2 program library
	shift 2
	root packages extract "$packages" 2>/dev/null
	mkdir -p "$work/$name"/{etc,tmp}
	chmod 1777 "$work/$name/tmp"
	for program; do
		install -D "$work/packages/${program%=*}" "$work/$name/${program#*=}"
		for library in $(ldd "$work/packages/${program%=*}" | grep -o '/lib[^ ]*' | sort -u); do
			install -D "$work/packages/$library" "$work/$name$library"
		done
	done
	rm -rf "$work/packages"
}

# pack NAME: writes the root to OUTDIR/NAME.tar, with its owners and modes.
pack() {
	tar --numeric-owner --xattrs -C "$work/$1" -cf "$out/$1.tar" .
	rm -rf "${work:?}/$1"
}
