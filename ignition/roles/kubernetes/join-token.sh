# shellcheck shell=bash
# Workers' tokens, as join-token.ts derives them. Sourced by kubernetes-tokens, and by its tests.

# token_id MACHINE: the public half.
token_id() {
	local sum
	sum=$(printf '%s' "$1" | sha256sum)
	printf '%s' "${sum:0:6}"
}

# token_secret KEY-FILE MACHINE: the secret half. The key is in a file: a command line can be read by everybody.
token_secret() {
	local sum
	sum=$({
		cat "$1"
		printf '\n%s' "$2"
	} | sha256sum)
	printf '%s' "${sum:0:16}"
}

# token_plan CLUSTER POOLS: which machines need a token, from the nodes (JSON of a NodeList on stdin): lines
# "give MACHINE" or "take MACHINE". A machine that is a Ready node needs none. One that is not gets one, whether it is new
# hardware or was away; so does the next machine of each pool, which nobody knows the token of but whoever makes it.
token_plan() {
	jq -r --arg cluster "$1" --arg pools "$2" '
		[.items[] | {key: .metadata.name, value: any(.status.conditions[]?; .type == "Ready" and .status == "True")}]
		| from_entries as $ready
		| $pools | split(",")[] | select(. != "") | "\($cluster)-\(.)-" as $prefix
		| [$ready | keys[] | select(startswith($prefix)) | ltrimstr($prefix) | select(test("^[0-9]+$")) | tonumber] as $known
		| range(0; ($known | max // -1) + 2) | "\($prefix)\(.)" as $machine
		| "\(if $ready[$machine] then "take" else "give" end) \($machine)"'
}
