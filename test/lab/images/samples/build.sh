#!/bin/bash
# Base images of the examples' Dockerfiles: Node of this repository on Debian, and a stand-in for Ghost that has the
# same settings, start and data.
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

modules=$(cd "$here/../../../../node_modules" && pwd)
root node minbase ca-certificates
install -D "$modules/node/bin/node" "$work/node/usr/local/bin/node"
chroot "$work/node" useradd --create-home --shell /bin/bash --uid 1000 node

cp -a "$work/node" "$work/ghost"
install -m 0755 "$here/docker-entrypoint.sh" "$work/ghost/usr/local/bin/"
ghost=$work/ghost/var/lib/ghost
mkdir -p "$ghost"/{content,content.orig/{images,data,adapters},content.orig/themes/source}
mkdir -p "$ghost/current/node_modules/ghost-storage-base"
chmod 1777 "$ghost/content"
echo '{"name": "source"}' >"$ghost/content.orig/themes/source/package.json"
install -m 0644 "$here/ghost.js" "$ghost/current/index.js"
install -m 0644 "$here/ghost-storage-base.js" "$ghost/current/node_modules/ghost-storage-base/index.js"
# Ghost's database driver and its dependencies.
"$modules/node/bin/node" - "$modules" mysql2 <<'JS' | while read -r package; do
const [modules, ...wanted] = process.argv.slice(2);
const known = new Set();
for (const name of wanted) {
	if (known.has(name)) continue;
	known.add(name);
	wanted.push(...Object.keys(require(`${modules}/${name}/package.json`).dependencies ?? {}));
}
console.log([...known].join("\n"));
JS
	mkdir -p "$(dirname "$ghost/current/node_modules/$package")"
	cp -RL "$modules/$package" "$ghost/current/node_modules/$package"
done

pack node
pack ghost
