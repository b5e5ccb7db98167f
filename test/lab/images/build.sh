#!/bin/bash
# Builds the images that the lab's nodes find under their production names, from Debian 12 packages:
# where no image registry can be reached, this is what stands in for quay.io and Docker Hub.
#
#   build.sh OUTDIR
#
# leaves OUTDIR/<service>.tar (a root file system, for `podman import` or `docker import`) and
# OUTDIR/images.json: {"<reference>": {"tar": "<service>.tar", "config": {entrypoint, cmd, env, user}}}.
# Nothing is built when neither this folder nor the references changed. Needs root, mmdebstrap and jq.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
references=$here/../../../ignition/roles/images.json
out=$(mkdir -p "${1:?usage: build.sh OUTDIR}" && cd "$1" && pwd)

stamp=$(cd "$here" && find . -type f ! -name README.md -print0 | sort -z | xargs -0 cat "$references" | sha256sum | cut -d' ' -f1)
if [[ -f $out/images.json && $(cat "$out/stamp" 2>/dev/null) == "$stamp" ]]; then
	echo "images: up to date" >&2
	exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# root NAME VARIANT PACKAGES [mmdebstrap options]: a Debian root in $work/NAME, without what no service reads.
root() {
	local name=$1 variant=$2 packages=$3
	shift 3
	# Nothing here has to survive a power loss: without its syncs dpkg takes a fraction of the time. And without
	# path-exclude, for which every package would go through a filter.
	mmdebstrap --quiet --variant="$variant" --include="$packages" --dpkgopt=force-unsafe-io "$@" bookworm "$work/$name"
	rm -rf "$work/$name"/usr/share/{doc,man,locale,zoneinfo}/*
}

# pack NAME: the root as a tar with its owners and modes.
pack() {
	tar --numeric-owner --xattrs -C "$work/$1" -cf "$out/$1.tar.new" .
	mv "$out/$1.tar.new" "$out/$1.tar"
	rm -rf "${work:?}/$1"
}

# The real image is distroless: two binaries and no shell, so that nothing can come to depend on one.
etcd() {
	root debian-etcd extract etcd-server,etcd-client 2>/dev/null
	mkdir -p "$work/etcd"/{usr/local/bin,tmp,etc} "$work/etcd/var/lib/etcd"
	chmod 1777 "$work/etcd/tmp"
	cp "$work/debian-etcd/usr/bin"/{etcd,etcdctl} "$work/etcd/usr/local/bin/"
	local library
	for library in $(ldd "$work/etcd/usr/local/bin/etcd" "$work/etcd/usr/local/bin/etcdctl" | grep -o '/lib[^ ]*' | sort -u); do
		install -D "$work/debian-etcd/$library" "$work/etcd$library"
	done
	rm -rf "$work/debian-etcd"
	pack etcd
}

haproxy() {
	root haproxy minbase haproxy
	sed -ri 's/^haproxy:x:[0-9]+:[0-9]+:/haproxy:x:99:99:/' "$work/haproxy/etc/passwd"
	sed -ri 's/^haproxy:x:[0-9]+:/haproxy:x:99:/' "$work/haproxy/etc/group"
	mkdir -p "$work/haproxy/usr/local/etc/haproxy"
	ln -s /usr/sbin/haproxy "$work/haproxy/usr/local/sbin/haproxy"
	install -m 0755 "$here/haproxy/docker-entrypoint.sh" "$work/haproxy/usr/local/bin/"
	pack haproxy
}

# The real image has a shell; nothing here may come to depend on it.
registry() {
	root debian-registry extract docker-registry 2>/dev/null
	mkdir -p "$work/registry"/{bin,etc,tmp,var/lib/registry}
	chmod 1777 "$work/registry/tmp"
	cp "$work/debian-registry/usr/bin/docker-registry" "$work/registry/bin/registry"
	local library
	for library in $(ldd "$work/registry/bin/registry" | grep -o '/lib[^ ]*' | sort -u); do
		install -D "$work/debian-registry/$library" "$work/registry$library"
	done
	rm -rf "$work/debian-registry"
	pack registry
}

git() {
	root git minbase git,ca-certificates
	pack git
}

# The server that stands in is the lab's own; what else the image has is Debian's.
jenkins() {
	root jenkins minbase python3-minimal,libpython3-stdlib,unzip,git,openssh-client
	install -d -o 1000 -g 1000 "$work/jenkins/var/jenkins_home"
	install -d "$work/jenkins/usr/share/jenkins/ref" "$work/jenkins/opt/java/openjdk/bin"
	: >"$work/jenkins/usr/share/jenkins/jenkins.war"
	install -m 0755 "$here/jenkins/java" "$work/jenkins/opt/java/openjdk/bin/java"
	install -m 0755 "$here/jenkins/jenkins.sh" "$work/jenkins/usr/local/bin/jenkins.sh"
	install -m 0755 "$here/jenkins/jenkins-plugin-cli" "$work/jenkins/bin/jenkins-plugin-cli"
	install -m 0644 "$here/jenkins/jenkins.py" "$work/jenkins/usr/local/lib/jenkins.py"
	pack jenkins
}

nginx() {
	root nginx minbase nginx-light
	ln -sf /dev/stderr "$work/nginx/var/log/nginx/error.log"
	pack nginx
}

restic() {
	root restic minbase restic,ca-certificates
	install -m 0755 "$here/restic/restic" "$work/restic/usr/local/bin/restic"
	pack restic
}

# Builds only need a program to be there.
build_node() {
	mkdir -p "$work/build-node/usr/local/bin"
	printf '#!/bin/sh\necho v24.0.0\n' >"$work/build-node/usr/local/bin/node"
	chmod 0755 "$work/build-node/usr/local/bin/node"
	pack build-node
}

# Both databases are MariaDB's server; what differs is what their images promise (README.md).
databases() {
	# The user comes before the package would choose an id of its own.
	# shellcheck disable=SC2016 # mmdebstrap's own shell expands it
	root mariadb minbase mariadb-server,mariadb-client,mariadb-backup,galera-4,socat,procps,openssl,lsof,iproute2 \
		--essential-hook='echo mysql:x:999:999::/nonexistent:/usr/sbin/nologin >>"$1/etc/passwd"; echo mysql:x:999: >>"$1/etc/group"'
	rm -rf "$work/mariadb/var/lib/mysql" "$work"/mariadb/etc/mysql/mariadb.conf.d/*
	install -d -o 999 -g 999 "$work/mariadb/var/lib/mysql"
	install -d -o 999 -g 999 -m 1777 "$work/mariadb/run/mysqld"
	install -d "$work/mariadb/docker-entrypoint-initdb.d"
	cp -a "$work/mariadb" "$work/percona"

	rm -f "$work"/mariadb/usr/bin/mysql{,admin,dump} "$work/mariadb/usr/sbin/mysqld"
	install -m 0755 "$here/mariadb/docker-entrypoint.sh" "$work/mariadb/usr/local/bin/"
	pack mariadb

	sed -i 's/^mysql:x:999:999:/mysql:x:1001:1001:/' "$work/percona/etc/passwd"
	sed -i 's/^mysql:x:999:/mysql:x:1001:/' "$work/percona/etc/group"
	rm -rf "$work/percona"/etc/mysql "$work/percona"/etc/my.cnf*
	local client
	for client in '' admin dump binlog; do mv "$work/percona/usr/bin/mariadb${client:+-$client}" "$work/percona/usr/bin/mysql$client"; done
	rm -f "$work/percona/usr/sbin/mysqld"
	local directory
	for directory in etc/mysql etc/mysql/conf.d etc/percona-xtradb-cluster.conf.d var/log/mysql var/lib/mysql docker-entrypoint-initdb.d; do
		install -d -o 1001 -g 1001 -m 0775 "$work/percona/$directory"
	done
	ln -s /etc/mysql/conf.d "$work/percona/etc/my.cnf.d"
	install -m 0644 "$here/percona/my.cnf" "$work/percona/etc/my.cnf"
	install -o 1001 -g 1001 -m 0664 "$here/percona/node.cnf" "$work/percona/etc/mysql/node.cnf"
	install -m 0755 "$here/percona/mysqld" "$work/percona/usr/sbin/mysqld"
	install -m 0644 "$here/percona/options.txt" "$work/percona/usr/share/percona-options.txt"
	install -m 0755 "$here/percona/entrypoint.sh" "$work/percona/entrypoint.sh"
	pack percona
}

etcd &
haproxy &
registry &
git &
databases
wait -n
wait -n
wait -n
wait -n
jenkins &
nginx &
restic &
build_node
wait -n
wait -n
wait -n

jq '. as $reference | {
	($reference.etcd): {tar: "etcd.tar", config: {entrypoint: [], cmd: ["/usr/local/bin/etcd"], env: {}, user: ""}},
	($reference.git): {tar: "git.tar", config: {entrypoint: ["git"], cmd: ["--help"], env: {}, user: ""}},
	($reference.haproxy): {tar: "haproxy.tar", config: {
		entrypoint: ["docker-entrypoint.sh"], cmd: ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"], env: {}, user: "haproxy"}},
	($reference.mariadb): {tar: "mariadb.tar", config: {
		entrypoint: ["docker-entrypoint.sh"], cmd: ["mariadbd"], env: {LANG: "C.UTF-8"}, user: ""}},
	($reference.percona): {tar: "percona.tar", config: {
		entrypoint: ["/entrypoint.sh"], cmd: ["mysqld"], env: {PXC_VERSION: "8.4.8-8.1"}, user: "1001"}},
	($reference.jenkins): {tar: "jenkins.tar", config: {
		entrypoint: ["/usr/local/bin/jenkins.sh"], cmd: [], env: {JENKINS_HOME: "/var/jenkins_home", JENKINS_SLAVE_AGENT_PORT: "50000"}, user: "1000"}},
	($reference.nginx): {tar: "nginx.tar", config: {entrypoint: [], cmd: ["nginx", "-g", "daemon off;"], env: {}, user: ""}},
	($reference.restic): {tar: "restic.tar", config: {entrypoint: ["restic"], cmd: [], env: {}, user: ""}},
	($reference["build-node"]): {tar: "build-node.tar", config: {entrypoint: [], cmd: ["node"], env: {}, user: ""}},
	($reference.registry): {tar: "registry.tar", config: {
		entrypoint: ["/bin/registry"], cmd: ["serve", "/etc/distribution/config.yml"], env: {}, user: ""}}
}' "$references" >"$out/images.json"
printf '%s' "$stamp" >"$out/stamp"
