#!/usr/bin/env bash
# Writes the definitions of kinds that charts install to .cache/tools/kubernetes/definitions: those of the Gateway API
# and of cert-manager, from their Go modules. Takes seconds.
set -euo pipefail

# The same versions as in components/paas-cluster/charts.json. For cert-manager, the newest one of its series on the
# module proxy.
modules=(sigs.k8s.io/gateway-api@v1.3.0 github.com/cert-manager/cert-manager@v1.19.5)
folders=(config/crd/experimental deploy/crds)

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output_dir=$(cd "$source_dir/../../.." && pwd)/.cache/tools/kubernetes/definitions
stamp=$(sha256sum <"${BASH_SOURCE[0]}")
if [[ -f $output_dir/stamp && $(<"$output_dir/stamp") == "$stamp" ]]; then exit 0; fi

# shellcheck source=../go.sh
. "$source_dir/../go.sh"
export GO111MODULE=on
rm -rf "$output_dir"
mkdir -p "$output_dir"
# In another folder, because they are no dependency of the go.mod here.
cd "$output_dir"
for index in "${!modules[@]}"; do
	answer=$(go mod download -json "${modules[index]}") || {
		echo "definitions.sh: $answer" >&2
		exit 1
	}
	folder=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' <<<"$answer")
	# One file for each kind, <group>_<kinds>.yaml. The other files are for other tools.
	install -m 0644 "$folder/${folders[index]}"/*_*.yaml "$output_dir/"
done
printf '%s\n' "$stamp" >"$output_dir/stamp"
