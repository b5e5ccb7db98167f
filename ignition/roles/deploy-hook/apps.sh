# shellcheck shell=bash
# How an app is told from another, and what has to be done to it, as pure functions. Sourced by app and app-run, and by
# their tests. An app has seats: 0 is its own, the others are for its previews. A seat has two slots, blue and green: one
# serves, the other one is for the next release.

# other SLOT: the slot that the next release goes to; without one: the first.
other() {
	if [[ ${1:-} == blue ]]; then echo green; else echo blue; fi
}

# slot_address SEAT SLOT ADDRESS...: a slot's address among those of its app, which are in the order of seats.
slot_address() {
	local seat=$1 slot=$2 index
	shift 2
	index=$((seat * 2 + 1))
	if [[ $slot == green ]]; then index=$((index + 1)); fi
	if ((index > $#)); then return 1; fi
	echo "${!index}"
}

# mac_address ADDRESS: always the same for an address, so that nobody sends to the container that had it before.
mac_address() {
	local -a bytes
	IFS=. read -r -a bytes <<<"$1"
	printf '02:42:%02x:%02x:%02x:%02x\n' "${bytes[@]}"
}

# free_seat PREVIEWS TAKEN...: the lowest seat of a preview that nobody has; fails when there is none.
free_seat() {
	local previews=$1 seat taken
	shift
	for ((seat = 1; seat <= previews; seat++)); do
		for taken in "$@"; do
			if [[ $taken == "$seat" ]]; then continue 2; fi
		done
		echo "$seat"
		return
	done
	return 1
}

# released STATE RELEASE: the state (JSON) after a release took over; what it replaced is what a rollback goes back to. The
# same image again leaves that as it was.
released() {
	jq --compact-output --null-input --argjson state "$1" --argjson release "$2" '{
		current: $release,
		previous: (if $state.current == null or $state.current.image == $release.image then $state.previous else $state.current end)
	}'
}

# settle_steps CURRENT: what brings a seat to the one state that its record allows, from whatever state it is in.
#   start SLOT | serve SLOT | retire SLOT
# What serves is seen to first: nothing is taken away before.
settle_steps() {
	if [[ -z ${1:-} ]]; then
		printf 'retire %s\n' blue green
	else
		printf 'start %s\nserve %s\nretire %s\n' "$1" "$1" "$(other "$1")"
	fi
}

# sessions BACKEND SERVER: how many requests a server has under way, from HAProxy's `show stat` (CSV) on stdin.
sessions() {
	awk -F, -v backend="$1" -v server="$2" '$1 == backend && $2 == server { print $5 }'
}

# stale_images REPOSITORY KEPT: ids of images that no release refers to any more.
#   KEPT   references, one a line
#   stdin  "<id> <repository> <tag> <digest>" of every image there is
stale_images() {
	local id repository tag digest
	while read -r id repository tag digest; do
		if [[ $repository == "$1" ]] && ! grep --quiet --line-regexp --fixed-strings -e "$1@$digest" -e "$1:$tag" <<<"$2"; then
			echo "$id"
		fi
	done
}
