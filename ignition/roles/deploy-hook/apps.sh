# shellcheck shell=bash
# Pure functions, sourced by app, app-run and their tests. Preview index 0 is the app; the others are its previews.
# Each index has two slots, blue and green. One serves; the other is for the next release.

# other SLOT: the slot for the next release. Without an argument: blue.
other() {
	if [[ ${1:-} == blue ]]; then echo green; else echo blue; fi
}

# slot_address PREVIEW_INDEX SLOT ADDRESS...: address of a slot. The addresses are in the order of preview indexes.
slot_address() {
	local preview_index=$1 slot=$2 index
	shift 2
	index=$((preview_index * 2 + 1))
	if [[ $slot == green ]]; then index=$((index + 1)); fi
	if ((index > $#)); then return 1; fi
	echo "${!index}"
}

# mac_address ADDRESS: fixed for each address, so that ARP caches stay valid when a container is replaced.
mac_address() {
	local -a bytes
	IFS=. read -r -a bytes <<<"$1"
	printf '02:42:%02x:%02x:%02x:%02x\n' "${bytes[@]}"
}

# free_preview_index PREVIEWS TAKEN...: the lowest free index; fails if there is none.
free_preview_index() {
	local previews=$1 preview_index taken
	shift
	for ((preview_index = 1; preview_index <= previews; preview_index++)); do
		for taken in "$@"; do
			if [[ $taken == "$preview_index" ]]; then continue 2; fi
		done
		echo "$preview_index"
		return
	done
	return 1
}

# released STATE RELEASE: the state (JSON) after a release. The replaced release becomes the previous one, unless both
# have the same image.
released() {
	jq --compact-output --null-input --argjson state "$1" --argjson release "$2" '{
		current: $release,
		previous: (if $state.current == null or $state.current.image == $release.image
			then $state.previous else $state.current end)
	}'
}

# reconcile_steps CURRENT: steps from any state to the recorded one. The recorded slot serves before the other stops.
#   start SLOT | serve SLOT | retire SLOT
reconcile_steps() {
	if [[ -z ${1:-} ]]; then
		printf 'retire %s\n' blue green
	else
		printf 'start %s\nserve %s\nretire %s\n' "$1" "$1" "$(other "$1")"
	fi
}

# sessions BACKEND SERVER: current requests of a server, from HAProxy's `show stat` (CSV) on stdin.
sessions() {
	awk -F, -v backend="$1" -v server="$2" '$1 == backend && $2 == server { print $5 }'
}

# stale_images REPOSITORY KEPT: ids of the images that no release uses.
#   KEPT   references, one per line
#   stdin  "<id> <repository> <tag> <digest>" of every image
stale_images() {
	local id repository tag digest
	while read -r id repository tag digest; do
		if [[ $repository == "$1" ]] &&
			! grep --quiet --line-regexp --fixed-strings -e "$1@$digest" -e "$1:$tag" <<<"$2"; then
			echo "$id"
		fi
	done
}
