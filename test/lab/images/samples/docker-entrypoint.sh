#!/bin/bash
# As the image's own: Ghost's content folder gets what it has not, then the command takes over. Run as root, the real one
# steps down by itself; here nobody runs it so.
set -euo pipefail

if [[ $* == node*current/index.js* ]]; then
	if [[ $(id -u) == 0 ]]; then
		echo "docker-entrypoint.sh: this stand-in does not step down from root; run it as 1000" >&2
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
