# shellcheck shell=bash
# shellcheck disable=SC2034 # scripts that source this file read the results
# Client of etcd's v3 JSON gateway, with curl and jq. To be sourced. Needs ETCD_ENDPOINTS (comma-separated URLs) and
# the identity in /etc/paasmas/etcd-client.

etcd_identity=${ETCD_IDENTITY:-/etc/paasmas/etcd-client}
# Try the endpoint of the last answer first: each dead one costs a second.
etcd_last=''
# Results of the last call.
etcd_answer='' etcd_lines='' etcd_revision=0 etcd_lease_id=''

# etcd_post ENDPOINT PATH JSON [CURL OPTION...]: sends one request to one member.
etcd_post() {
	curl --silent --fail --connect-timeout 1 --max-time 3 --cacert "$etcd_identity/ca.pem" \
		--cert "$etcd_identity/certificate.pem" --key "$etcd_identity/key.pem" "${@:4}" --data "$3" "$1$2"
}

# etcd_call PATH JSON: sets $etcd_answer to the first answer of a member. Not on stdout: a subshell would lose
# $etcd_last.
etcd_call() {
	local endpoint endpoints
	IFS=, read -ra endpoints <<<"$ETCD_ENDPOINTS"
	for endpoint in ${etcd_last:+"$etcd_last"} "${endpoints[@]}"; do
		if etcd_answer=$(etcd_post "$endpoint" "$1" "$2"); then
			etcd_last=$endpoint
			return 0
		fi
	done
	etcd_last=''
	return 1
}

# etcd_json KIND VALUE...: prints a request body, with keys and values in base64.
etcd_json() {
	local kind=$1
	shift
	case $kind in
	prefix)
		jq -cn --arg key "$1" '{key: $key | @base64, range_end: ($key | explode | .[-1] += 1 | implode | @base64)}'
		;;
	key) jq -cn --arg key "$1" '{key: $key | @base64}' ;;
	put)
		jq -cn --arg key "$1" --arg value "$2" --arg lease "${3:-0}" \
			'{key: $key | @base64, value: $value | @base64, lease: $lease}'
		;;
	esac
}

# etcd_list PREFIX: sets $etcd_lines to lines "<key without prefix> <value>", and $etcd_revision. Machines list a prefix
# every few seconds, so cache the request body and parse the answer with one process.
declare -A etcd_list_requests=()
etcd_list() {
	local answer
	if [[ -z ${etcd_list_requests[$1]:-} ]]; then etcd_list_requests[$1]=$(etcd_json prefix "$1"); fi
	etcd_call /v3/kv/range "${etcd_list_requests[$1]}" || return 1
	answer=$(jq -r --arg prefix "$1" '.header.revision, (.kvs // [] | .[] |
		"\(.key | @base64d | .[($prefix | length):]) \(.value // "" | @base64d)")' <<<"$etcd_answer")
	etcd_revision=${answer%%$'\n'*}
	etcd_lines=${answer#"$etcd_revision"}
	etcd_lines=${etcd_lines#$'\n'}
}

# etcd_put KEY VALUE [LEASE]
etcd_put() { etcd_call /v3/kv/put "$(etcd_json put "$@")"; }

# etcd_delete KEY
etcd_delete() { etcd_call /v3/kv/deleterange "$(etcd_json key "$1")"; }

# etcd_if CONDITIONS OPERATIONS: runs the operations if all conditions hold. Exit code 2: one does not; 1: no answer.
# Conditions, one per line: "absent KEY", "present KEY", "equal KEY VALUE".
# Operations, one per line: "put KEY LEASE VALUE", "delete KEY".
etcd_if() {
	local request
	request=$(jq -cn --arg conditions "$1" --arg operations "$2" '
		def words($n): . as $line | [splits(" ")] | .[:$n] + [.[$n:] | join(" ")];
		{
			compare: [$conditions | split("\n")[] | select(. != "") | words(2) | {key: .[1] | @base64} +
				if .[0] == "absent" then {target: "CREATE", result: "EQUAL", create_revision: "0"}
				elif .[0] == "present" then {target: "CREATE", result: "GREATER", create_revision: "0"}
				else {target: "VALUE", result: "EQUAL", value: .[2] | @base64} end],
			success: [$operations | split("\n")[] | select(. != "") | words(3) |
				if .[0] == "put" then {request_put: {key: .[1] | @base64, lease: .[2], value: .[3] | @base64}}
				else {request_delete_range: {key: .[1] | @base64}} end]
		}')
	etcd_call /v3/kv/txn "$request" || return 1
	[[ $(jq -r '.succeeded // false' <<<"$etcd_answer") == true ]] || return 2
}

# etcd_lease SECONDS: sets $etcd_lease_id to a new lease.
etcd_lease() {
	etcd_call /v3/lease/grant "{\"TTL\": $1}" || return 1
	etcd_lease_id=$(jq -r '.ID' <<<"$etcd_answer")
}

# etcd_keep LEASE: renews the lease. Exit code 2: it has expired.
etcd_keep() {
	etcd_call /v3/lease/keepalive "{\"ID\": \"$1\"}" || return 1
	[[ $(jq -r '.result.TTL // "0"' <<<"$etcd_answer") != 0 ]] || return 2
}
