# shellcheck shell=bash
# Derives the tokens of workers as join-token.ts does. Sourced by kubernetes-tokens and its tests.

# token_id MACHINE: the public part.
token_id() {
	local sum
	sum=$(printf '%s' "$1" | sha256sum)
	printf '%s' "${sum:0:6}"
}

# token_secret KEY-FILE MACHINE: the secret part. The key is a file: all users can read command lines.
token_secret() {
	local sum
	sum=$({
		cat "$1"
		printf '\n%s' "$2"
	} | sha256sum)
	printf '%s' "${sum:0:16}"
}

# token_plan CLUSTER POOLS: prints "give MACHINE" or "take MACHINE" for each machine, from the nodes (NodeList on
# stdin). A Ready node needs no token. Other machines get one, also the next machine of each pool.
token_plan() {
	jq -r --arg cluster "$1" --arg pools "$2" '
		[.items[] | {key: .metadata.name, value: any(.status.conditions[]?; .type == "Ready" and .status == "True")}]
		| from_entries as $ready
		| $pools | split(",")[] | select(. != "") | "\($cluster)-\(.)-" as $prefix
		| [$ready | keys[] | select(startswith($prefix)) | ltrimstr($prefix) | select(test("^[0-9]+$")) | tonumber] as $known
		| range(0; ($known | max // -1) + 2) | "\($prefix)\(.)" as $machine
		| "\(if $ready[$machine] then "take" else "give" end) \($machine)"'
}
