#!/usr/bin/env bash
# Builds the real Ignition, pinned in go.mod, into .cache/tools:
#   ignition           applies a config (needs the headers of libblkid; the first build takes minutes)
#   ignition-validate  checks one config
#   verdicts           checks many configs at once
# Usage: build.sh [tool...], by default all. Skips tools that are up to date. Exit code 3: a requirement of the build is
# not installed.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output_dir=$(cd "$source_dir/../.." && pwd)/.cache/tools
module=github.com/coreos/ignition/v2

missing() {
	echo "build.sh: $1" >&2
	exit 3
}

build() {
	local tool=$1 package=$2 version flags
	if [[ -x $output_dir/$tool && -f $output_dir/$tool.stamp && $(<"$output_dir/$tool.stamp") == "$stamp" ]]; then
		return
	fi
	version=$(go list -m -f '{{.Version}}' "$module")
	# The version of a release. No relabelling, because the root of a node may not have SELinux.
	flags="-s -w -X $module/internal/version.Raw=$version -X $module/internal/distro.selinuxRelabel=false"
	go build -trimpath -buildvcs=false -ldflags "$flags" -o "$output_dir/$tool" "$package"
	printf '%s\n' "$stamp" >"$output_dir/$tool.stamp"
}

# shellcheck source=go.sh
. "$source_dir/go.sh"
mkdir -p "$output_dir"
cd "$source_dir"
stamp=$(cat go.mod go.sum build.sh verdicts/main.go | sha256sum && go env GOOS GOARCH GOVERSION)

if (($# == 0)); then
	set -- ignition ignition-validate verdicts
fi
for tool in "$@"; do
	case $tool in
	ignition)
		[[ -e /usr/include/blkid/blkid.h ]] || missing "/usr/include/blkid/blkid.h is not installed (libblkid-dev)"
		build ignition "$module/internal"
		;;
	ignition-validate) build ignition-validate "$module/validate" ;;
	verdicts) build verdicts ./verdicts ;;
	*) missing "there is no tool $tool; use ignition, ignition-validate or verdicts" ;;
	esac
done
