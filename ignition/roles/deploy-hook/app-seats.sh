# shellcheck shell=bash
# What an app or a preview is on this machine: its seat, its settings, its record. Sourced by app.
# shellcheck disable=SC2034,SC2154 # from and for app, and from the app's settings

# known NAME: whether this machine still has the app that a folder is for, and a seat for it. What an earlier machine knew
# is on the same volume.
known() {
	local of=''
	if [[ -s $folders/$1/app && -s $folders/$1/seat ]]; then of=$(<"$folders/$1/app"); fi
	# shellcheck source=/dev/null disable=SC2153
	[[ -n $of && -f $configs/$of/app.env ]] && (. "$configs/$of/app.env" && (($(<"$folders/$1/seat") <= PREVIEWS)))
}

# enter NAME [APP]: sets app, name, seat, folder, backend and the app's settings.
enter() {
	name=$1 app='' folder=$folders/$1
	if [[ -d $configs/$name && $name != */* ]]; then
		app=$name seat=0
		mkdir -p "$folder"
		echo "$app" >"$folder/app"
		echo 0 >"$folder/seat"
	elif known "$name"; then
		app=$(<"$folder/app") seat=$(<"$folder/seat")
	elif [[ -n ${2:-} && -d $configs/$2 ]]; then
		app=$2 seat=''
	fi
	if [[ -z $app || ${2:-$app} != "$app" ]]; then stop 5 "there is no such app or preview"; fi
	# shellcheck source=/dev/null
	. "$configs/$app/app.env"
	if [[ -n $seat ]]; then backend=$app.$seat; fi
}

# take_seat: for a preview that has none.
take_seat() {
	local -a taken
	if [[ -n $seat ]]; then return; fi
	# shellcheck disable=SC2153 # from the settings of the app
	if ((PREVIEWS == 0)); then stop 5 "$app has no previews"; fi
	exec {seats}>"$locks/.$app.seats"
	flock "$seats"
	mapfile -t taken < <(grep --files-with-matches --line-regexp --no-messages "$app" "$folders"/*/app | while read -r file; do cat "${file%app}seat"; done)
	if ! seat=$(free_seat "$PREVIEWS" "${taken[@]}"); then
		seat=''
		stop 3 "$PREVIEWS previews of $app are all there may be; remove one"
	fi
	mkdir -p "$folder"
	echo "$app" >"$folder/app"
	echo "$seat" >"$folder/seat"
	exec {seats}>&-
	backend=$app.$seat
}

# alone: until this process ends.
alone() {
	exec {lock}>"$locks/$name.lock"
	# Somebody may be looking whether it is held.
	flock --timeout 1 "$lock" || stop 3 "another release of it is under way"
}

record() { if [[ -s $folder/state.json ]]; then cat "$folder/state.json"; else echo '{"current": null, "previous": null}'; fi; }

# remember STATE: in full or not at all, also when the power goes.
remember() {
	echo "$1" >"$folder/state.json.new"
	sync "$folder/state.json.new"
	mv "$folder/state.json.new" "$folder/state.json"
	sync "$folder"
}

current() { record | jq --raw-output ".current.$1 // empty"; }
unit() { echo "app@$name-$1.service"; }
# shellcheck disable=SC2086 # a list
address() { slot_address "$seat" "$1" $ADDRESSES; }
host() { if [[ $seat == 0 ]]; then echo "$HOST"; else echo "$name.$PREVIEW_DOMAIN"; fi; }
