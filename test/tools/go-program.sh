#!/usr/bin/env bash
# Builds a Go program, pinned in the go.mod of its folder, into .cache/tools. Takes a second if it is up to date.
# Usage: go-program.sh FOLDER PACKAGE. The program gets the name of its folder. Exit code 3: Go is not installed.
set -euo pipefail

program=$1 package=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output_dir=$(cd "$here/../.." && pwd)/.cache/tools

# shellcheck source=go.sh
. "$here/go.sh"
export CGO_ENABLED=0
mkdir -p "$output_dir"
cd "$here/$program"
stamp=$(cat go.mod go.sum build.sh ../go-program.sh | sha256sum && go env GOOS GOARCH GOVERSION)
if [[ -x $output_dir/$program && -f $output_dir/$program.stamp && $(<"$output_dir/$program.stamp") == "$stamp" ]]; then
	exit 0
fi
go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$output_dir/$program" "$package"
printf '%s\n' "$stamp" >"$output_dir/$program.stamp"
