#!/usr/bin/env bash
# Puts the definitions of kinds that charts bring into .cache/tools/kubernetes/definitions: the Gateway API's and cert-manager's, each
# out of its own Go module. Seconds from nothing.
set -euo pipefail

# As in components/paas-cluster/charts.json; of cert-manager's series it is the newest that the module proxy has.
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
# Elsewhere: nothing of this is a dependency of what go.mod builds.
cd "$output_dir"
for index in "${!modules[@]}"; do
	answer=$(go mod download -json "${modules[index]}") || {
		echo "definitions.sh: $answer" >&2
		exit 1
	}
	folder=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' <<<"$answer")
	# A file a kind, <group>_<kinds>.yaml; what else is there is for other tools.
	install -m 0644 "$folder/${folders[index]}"/*_*.yaml "$output_dir/"
done
printf '%s\n' "$stamp" >"$output_dir/stamp"
