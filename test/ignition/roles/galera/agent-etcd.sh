# shellcheck shell=bash
# shellcheck disable=SC2034 # galera-agent reads the results
# Stands in for etcd.sh: lists the keys of $ETCD_KEYS and writes each change to $ETCD_CHANGES, one per line.

etcd_lines='' etcd_lease_id=''

changed() { printf '%s\n' "$*" >>"$ETCD_CHANGES"; }

etcd_lease() { etcd_lease_id=7; }
etcd_keep() { :; }
etcd_list() { etcd_lines=$(cat "$ETCD_KEYS"); }
etcd_put() { changed put "$@"; }
etcd_delete() { changed delete "$@"; }
etcd_if() { changed "if ${1//$'\n'/ and }: $2"; }

# The wait between two rounds ends the agent: a test runs one round.
read() {
	if [[ $1 == -r && ${2:-} == -t ]]; then exit 0; fi
	# shellcheck disable=SC2162 # the options are the caller's
	builtin read "$@"
}
