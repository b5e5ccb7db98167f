#!/bin/bash
# Builds a node image: the base root, the settings of the lab, and the real Ignition binary at CoreOS' path.
# Usage: image.sh BASE-IMAGE IGNITION REFERENCE DIGEST
set -euo pipefail

base=$1
ignition=$(realpath "$2")
reference=$3
digest=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Without a label: the image and all its containers would have it.
container=$(docker create "$base" /sbin/init)
trap 'docker rm --force "$container" >/dev/null' EXIT
tar --create --owner=0 --group=0 --directory="$here/root" . | docker cp - "$container:/"
tar --create --owner=0 --group=0 --mode=0755 --directory="$(dirname "$ignition")" \
	--transform='s,^,usr/lib/dracut/modules.d/30ignition/,' "$(basename "$ignition")" | docker cp - "$container:/"
docker commit --change "LABEL paasmas.lab.digest=$digest" --change 'CMD ["/sbin/init"]' \
	"$container" "$reference" >/dev/null
