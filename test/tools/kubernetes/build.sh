#!/usr/bin/env bash
# Builds the real Kubernetes, pinned in go.mod, into .cache/tools/kubernetes: kubeadm, kubectl, the control plane, and
# the etcd that kubeadm requires. The first build takes minutes, later ones a second.
# Usage: build.sh [program...], by default all. Exit code 3: Go is not installed.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output_dir=$(cd "$source_dir/../../.." && pwd)/.cache/tools/kubernetes

# shellcheck source=../go.sh
. "$source_dir/../go.sh"
export CGO_ENABLED=0
mkdir -p "$output_dir"
cd "$source_dir"
stamp=$(cat go.mod go.sum build.sh | sha256sum && go env GOOS GOARCH GOVERSION)
version=$(go list -m -f '{{.Version}}' k8s.io/kubernetes)
IFS=. read -r major minor _ <<<"${version#v}"

# The version of a release, which kubeadm uses as the version of the cluster.
flags="-s -w"
for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
	flags+=" -X $package.gitVersion=$version -X $package.gitMajor=$major -X $package.gitMinor=$minor"
	flags+=" -X $package.gitTreeState=clean"
done

if (($# == 0)); then
	set -- etcd etcdctl etcdutl kubeadm kubectl kube-apiserver kube-controller-manager kube-scheduler
fi
programs=() packages=()
for program in "$@"; do
	if [[ -x $output_dir/$program && -f $output_dir/$program.stamp && $(<"$output_dir/$program.stamp") == "$stamp" ]]; then
		continue
	fi
	programs+=("$program")
	case $program in
	etcd) packages+=(go.etcd.io/etcd/server/v3) ;;
	etcd*) packages+=("go.etcd.io/etcd/$program/v3") ;;
	*) packages+=("k8s.io/kubernetes/cmd/$program") ;;
	esac
done
((${#programs[@]} > 0)) || exit 0

# All at once: they share compiled packages, and one links while the next one compiles.
fresh=$(mktemp -d "$output_dir/fresh.XXXXXX")
trap 'rm -rf "$fresh"' EXIT
go build -trimpath -buildvcs=false -ldflags "$flags" -o "$fresh/" "${packages[@]}"
if [[ -e $fresh/server ]]; then mv "$fresh/server" "$fresh/etcd"; fi
for program in "${programs[@]}"; do
	mv "$fresh/$program" "$output_dir/$program"
	printf '%s\n' "$stamp" >"$output_dir/$program.stamp"
done
