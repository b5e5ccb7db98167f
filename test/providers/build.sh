#!/usr/bin/env bash
# Builds the real Pulumi engine and the real providers of OpenStack and AWS from their Go modules, and installs an
# emulator of AWS. They are kept outside the repository, in $PAASMAS_PROVIDERS or ~/.cache/paasmas/providers: the first
# build takes 20 minutes of processor time, later ones a second.
# Usage: build.sh [engine|openstack|aws|moto]..., by default all. Exit code 3: a requirement is not installed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PAASMAS_PROVIDERS:-${XDG_CACHE_HOME:-$HOME/.cache}/paasmas/providers}
packages=$here/../../node_modules/@pulumi

# shellcheck source=../tools/go.sh
. "$here/../tools/go.sh"
export CGO_ENABLED=0
# These programs run for minutes at most, and building them without optimisation takes half the time.
quick=(-gcflags='all=-N -l' -ldflags)

engine() {
	local module=github.com/pulumi/pulumi version
	version=$(go list -m -f '{{.Version}}' "$module/pkg/v3")
	go build -trimpath -buildvcs=false -o "$cache/bin/pulumi" \
		-ldflags "-s -w -X $module/pkg/v3/version.Version=$version -X $module/sdk/v3/go/common/version.Version=$version" \
		"$module/pkg/v3/cmd/pulumi"
}

openstack() {
	go build -trimpath -buildvcs=false "${quick[@]}" "-s -w -X main.version=$(package_version openstack)" \
		-o "$cache/bin/pulumi-resource-openstack" .
	schema openstack
}

aws() {
	local module=github.com/hashicorp/terraform-provider-aws version source
	version=$(awk -v module="$module" '$1 == module && $2 ~ /^v/ { print $2 }' go.mod)
	# Outside the module: in it, the copy replaces the original.
	source=$(cd / && go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
	# Services of the resources in resources.go, and those that the provider itself needs.
	"$(node_24)" cut.ts "$source" "$cache/aws/source" \
		cloudwatch ec2 ecr elbv2 iam kms lambda logs meta route53 s3 sns sts
	rm -rf "$cache/aws/bridge"
	mkdir -p "$cache/aws/bridge"
	cp go.mod go.sum ./*.go "$cache/aws/bridge"
	cd "$cache/aws/bridge"
	go build -trimpath -buildvcs=false "${quick[@]}" "-s -w -X main.version=$(package_version aws)" \
		-o "$cache/bin/pulumi-resource-aws" .
	schema aws
}

moto() {
	python3 -m venv "$cache/moto"
	"$cache/moto/bin/pip" install --quiet --disable-pip-version-check --requirement requirements.txt
}

# The bridge makes the schema from that of the provider, in a folder beside the program. It warns about each resource
# that has no name.
schema() {
	PULUMI_SKIP_MISSING_MAPPING_ERROR=true "$cache/bin/pulumi-resource-$1" schema --skip-docs --skip-examples \
		--out "$cache/bin/$1-schema" >"$cache/$1-schema.log" 2>&1 || {
		tail -n 20 "$cache/$1-schema.log" >&2
		return 1
	}
}

package_version() {
	sed -n '0,/"version"/s/^ *"version": "v\{0,1\}\([^"]*\)",*$/\1/p' "$packages/$1/package.json"
}

# Node of the tests: an older one does not run TypeScript.
node_24() {
	local node=$here/../../node_modules/.bin/node
	if [[ -x $node ]]; then echo "$node"; else command -v node; fi
}

mkdir -p "$cache/bin"
# Two checkouts share the folder.
exec 9>"$cache/lock"
flock 9
if (($# == 0)); then
	set -- engine openstack aws moto
fi
for part in "$@"; do
	[[ $part =~ ^(engine|openstack|aws|moto)$ ]] || {
		echo "build.sh: there is no $part; use engine, openstack, aws or moto" >&2
		exit 2
	}
	cd "$here/$part"
	stamp=$(find . -type f -exec sha256sum {} + | sort && sha256sum ../build.sh && go env GOOS GOARCH GOVERSION)
	if [[ -f $cache/$part.stamp && $(<"$cache/$part.stamp") == "$stamp" ]]; then continue; fi
	rm -f "$cache/$part.stamp"
	"$part"
	printf '%s\n' "$stamp" >"$cache/$part.stamp"
done
