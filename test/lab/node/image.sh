#!/bin/bash
# Puts a node image together: the base root, the lab's own settings, and the real Ignition binary where CoreOS has it.
# Usage: image.sh BASE-IMAGE IGNITION REFERENCE DIGEST
set -euo pipefail

base=$1
ignition=$(realpath "$2")
reference=$3
digest=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Without a label: the image, and with it every container ever made from it, would have it too.
container=$(docker create "$base" /sbin/init)
trap 'docker rm --force "$container" >/dev/null' EXIT
tar --create --owner=0 --group=0 --directory="$here/root" . | docker cp - "$container:/"
tar --create --owner=0 --group=0 --mode=0755 --directory="$(dirname "$ignition")" \
	--transform='s,^,usr/lib/dracut/modules.d/30ignition/,' "$(basename "$ignition")" | docker cp - "$container:/"
docker commit --change "LABEL paasmas.lab.digest=$digest" --change 'CMD ["/sbin/init"]' "$container" "$reference" >/dev/null
