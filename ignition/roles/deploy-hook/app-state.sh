# shellcheck shell=bash
# The preview index, the settings and the record of an app or preview. Sourced by app.
# shellcheck disable=SC2034,SC2154 # from and for app, and from the app's settings

# known NAME: whether this machine has the app of a folder, and a preview index for it. An earlier machine wrote the
# folders on this volume. The file of the index keeps the name `seat` that existing volumes have.
known() {
	local of=''
	if [[ -s $folders/$1/app && -s $folders/$1/seat ]]; then of=$(<"$folders/$1/app"); fi
	# shellcheck source=/dev/null disable=SC2153
	[[ -n $of && -f $configs/$of/app.env ]] && (. "$configs/$of/app.env" && (($(<"$folders/$1/seat") <= PREVIEWS)))
}

# enter NAME [APP]: sets app, name, preview_index, folder, backend and the app's settings.
enter() {
	name=$1 app='' folder=$folders/$1
	if [[ -d $configs/$name && $name != */* ]]; then
		app=$name preview_index=0
		mkdir -p "$folder"
		echo "$app" >"$folder/app"
		echo 0 >"$folder/seat"
	elif known "$name"; then
		app=$(<"$folder/app") preview_index=$(<"$folder/seat")
	elif [[ -n ${2:-} && -d $configs/$2 ]]; then
		app=$2 preview_index=''
	fi
	if [[ -z $app || ${2:-$app} != "$app" ]]; then stop 5 "there is no such app or preview"; fi
	# shellcheck source=/dev/null
	. "$configs/$app/app.env"
	if [[ -n $preview_index ]]; then backend=$app.$preview_index; fi
}

# take_preview_index: for a preview without an index.
take_preview_index() {
	local -a taken
	if [[ -n $preview_index ]]; then return; fi
	# shellcheck disable=SC2153 # from the settings of the app
	if ((PREVIEWS == 0)); then stop 5 "$app has no previews"; fi
	exec {index_lock}>"$locks/.$app.previews"
	flock "$index_lock"
	mapfile -t taken < <(grep --files-with-matches --line-regexp --no-messages "$app" "$folders"/*/app |
		while read -r file; do cat "${file%app}seat"; done)
	if ! preview_index=$(free_preview_index "$PREVIEWS" "${taken[@]}"); then
		preview_index=''
		stop 3 "$app already has $PREVIEWS previews, the maximum; remove one"
	fi
	mkdir -p "$folder"
	echo "$app" >"$folder/app"
	echo "$preview_index" >"$folder/seat"
	exec {index_lock}>&-
	backend=$app.$preview_index
}

# alone: locks the name until this process ends.
alone() {
	exec {lock}>"$locks/$name.lock"
	# `app list` holds the lock for a moment.
	flock --timeout 1 "$lock" || stop 3 "another release of this name is under way; try again later"
}

record() {
	if [[ -s $folder/state.json ]]; then cat "$folder/state.json"; else echo '{"current": null, "previous": null}'; fi
}

# remember STATE: writes the record atomically, safe against a power failure.
remember() {
	echo "$1" >"$folder/state.json.new"
	sync "$folder/state.json.new"
	mv "$folder/state.json.new" "$folder/state.json"
	sync "$folder"
}

current() { record | jq --raw-output ".current.$1 // empty"; }
unit() { echo "app@$name-$1.service"; }
# shellcheck disable=SC2086 # a list
address() { slot_address "$preview_index" "$1" $ADDRESSES; }
host() { if [[ $preview_index == 0 ]]; then echo "$HOST"; else echo "$name.$PREVIEW_DOMAIN"; fi; }
