# shellcheck shell=bash
# Prints apps and outcomes as JSON. Sourced by app.
# shellcheck disable=SC2154 # from app, and from the app's settings

outcome() {
	rm -f "$folder/failed"
	record | jq --compact-output --arg app "$app" --arg name "$name" --arg outcome "$1" --arg url "$(url)" '
		{app: $app, name: $name} + (.current // {} | {digest, commit, since} | with_entries(select(.value != null)))
		+ {state: (if .current == null then "none" else "running" end), outcome: $outcome}
		+ if $url == "" then {} else {url: $url} end'
}

url() {
	if [[ -n $(host) ]]; then echo "${URL_TEMPLATE/\%s/$(host)}"; fi
}

list() {
	local each state
	for each in "$configs"/*/ "$folders"/pr-*/; do
		each=$(basename "$each")
		if [[ ! -d $configs/$each ]] && ! known "$each"; then continue; fi
		(
			enter "$each"
			exec {probe}>"$locks/$name.lock"
			if ! flock --shared --nonblock "$probe"; then
				state=deploying
			else
				exec {probe}>&-
				if [[ -z $(current slot) ]]; then
					state=none
				elif ! systemctl --quiet is-active "$(unit "$(current slot)")"; then
					state=stopped
				elif healthy "$(current slot)"; then
					state=running
				else
					state=unhealthy
				fi
			fi
			record | jq --compact-output --arg app "$app" --arg name "$name" --arg state "$state" --arg url "$(url)" '
				{app: $app, name: $name, state: $state} + (.current // {} | {digest, commit, since})
				+ {previous: (.previous.digest // .previous.commit)} + (if $url == "" then {} else {url: $url} end)
				| with_entries(select(.value != null))'
		) &
	done | jq --compact-output --slurp '{apps: sort_by(.app, .name)}'
	wait
}
