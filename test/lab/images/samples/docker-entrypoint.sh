#!/bin/bash
# Like the image's entry point: adds missing parts of Ghost's content folder, then runs the command. The real one drops
# root's rights. Here it never runs as root.
set -euo pipefail

if [[ $* == node*current/index.js* ]]; then
	if [[ $(id -u) == 0 ]]; then
		echo "docker-entrypoint.sh: this stand-in does not change its user from root; run it as 1000" >&2
		exit 1
	fi
	cd "$GHOST_INSTALL/content.orig"
	for each in */ themes/*; do
		each=${each%/}
		if [[ ! -e $GHOST_CONTENT/$each ]]; then
			mkdir -p "$(dirname "$GHOST_CONTENT/$each")"
			cp -R "$each" "$GHOST_CONTENT/$each"
		fi
	done
	cd "$GHOST_INSTALL"
fi

exec "$@"
