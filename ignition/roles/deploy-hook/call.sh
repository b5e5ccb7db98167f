# shellcheck shell=bash
# Parses a signed call, as a pure function. Sourced by deploy-call and its tests.

# Maximum difference between the caller's clock and this one, in seconds. Nonces are kept for that long.
readonly call_window=300

# Name of a preview. It starts with pr- and a number, which names of apps may not.
readonly preview_name='^pr-[0-9]{1,9}-[a-z0-9-]*[a-z0-9]\z'

# call PATH NOW: prints the command of the call (JSON) on stdin. The call proxy has checked the signature with the token
# of the app in the path.
#   deploy NAME DIGEST | build NAME COMMIT | rollback NAME | remove NAME, each followed by the NONCE
#   refuse STATUS REASON
call() {
	local app=${1#/apps/} now=$2 body problem action name digest commit timestamp nonce
	if ! body=$(jq --compact-output --slurp \
		'if length == 1 and (.[0] | type) == "object" then .[0] else error("no") end' 2>/dev/null); then
		echo "refuse 400 the body is not one JSON object"
		return
	fi
	problem=$(jq --raw-output --arg app "$app" --arg preview "$preview_name" '
		def text($key; $pattern): if (.[$key] | type) == "string" and (.[$key] | test($pattern)) then empty
			else "\($key) is missing or malformed" end;
		({deploy: "digest", build: "commit"}[.action | strings] // null) as $version
		| (["action", "app", "name", "timestamp", "nonce"] + [$version | strings]) as $known
		| first(
			(if (.action | type) == "string" and (.action | IN("deploy", "build", "rollback", "remove")) then empty
				else "action is not allowed; use deploy, build, rollback or remove" end),
			((keys - $known)[] | "\(.) is not a key of this call"),
			(if .app == $app then empty else "app differs from the app in the path" end),
			(if has("name") then text("name"; $preview) else empty end),
			(if has("name") and (.name | length) > 63 then "name is longer than 63 characters" else empty end),
			(if .action == "remove" and (has("name") | not) then "remove needs the name of a preview" else empty end),
			(if $version == "digest" then text("digest"; "^sha256:[0-9a-f]{64}\\z") else empty end),
			(if $version == "commit" then text("commit"; "^([0-9a-f]{40}|[0-9a-f]{64})\\z") else empty end),
			(if (.timestamp | type) == "number" and .timestamp == (.timestamp | floor) and .timestamp > 0 and .timestamp < 1e12
				then empty else "timestamp is not a whole number of seconds since 1970" end),
			text("nonce"; "^[A-Za-z0-9_-]{16,64}\\z"),
			"")' <<<"$body")
	if [[ -n $problem ]]; then
		echo "refuse 400 $problem"
		return
	fi
	# The values are checked: none of them contains a space.
	read -r action name timestamp nonce digest commit < <(jq --raw-output \
		'"\(.action) \(.name // .app) \(.timestamp) \(.nonce) \(.digest // "-") \(.commit // "-")"' <<<"$body")
	if ((timestamp < now - call_window || timestamp > now + call_window)); then
		echo "refuse 403 the call is $((now - timestamp)) s old; at most $call_window s are allowed"
		return
	fi
	case $action in
	deploy) echo "deploy $name $digest $nonce" ;;
	build) echo "build $name $commit $nonce" ;;
	*) echo "$action $name $nonce" ;;
	esac
}
