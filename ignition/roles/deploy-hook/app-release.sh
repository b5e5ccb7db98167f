# shellcheck shell=bash
# Replaces one release by another, and restores the recorded release. Sourced by app.
# shellcheck disable=SC2034,SC2154 # from and for app, and from the app's settings

# release RELEASE: replaces the running release without failed requests.
release() {
	local old new started since reason='' answered=000 deadline
	started=$(date +%s)
	if [[ $(jq .image <<<"$1") == "$(record | jq .current.image)" ]] && ! ended "$(current slot)" &&
		healthy "$(current slot)"; then
		outcome unchanged
		return
	fi
	reconcile
	old=$(current slot) new=$(other "$(current slot)")
	unfinished=yes
	fetch "$1" || stop 4 "$reason"
	jq --arg slot "$new" '. + {slot: $slot}' <<<"$1" >"$folder/$new.json"
	say "starting name=$name image=$(jq --raw-output .image <<<"$1") slot=$new old=${old:-none}"
	systemctl start "$(unit "$new")" || stop 4 "the container did not start: $(last_words "$new")"

	deadline=$((SECONDS + HEALTH_SECONDS))
	until healthy "$new"; do
		if ended "$new"; then stop 4 "the container exited: $(last_words "$new")"; fi
		if ((SECONDS >= deadline)); then
			stop 4 "GET $HEALTH_PATH answered ${answered/000/nothing} for $HEALTH_SECONDS s, not 200 to 399"
		fi
		sleep 0.2
	done
	publish
	serve "$new"
	if [[ -n $old ]]; then runtime "set server $backend/$old state drain"; fi
	# Watch the new release. The old one can still take over.
	deadline=$((SECONDS + WATCH_SECONDS))
	while ((SECONDS < deadline)); do
		if ended "$new" || ! healthy "$new"; then
			stop 4 "the container became unhealthy while it served (GET $HEALTH_PATH: ${answered/000/nothing})"
		fi
		sleep 0.3
	done

	# From here on the new release is the recorded one, also if this process or the machine fails.
	since=$(date --utc +%FT%TZ)
	remember "$(released "$(record)" \
		"$(jq --arg slot "$new" --arg since "$since" '. + {slot: $slot, since: $since}' <<<"$1")")"
	serve "$new"
	if [[ -n $old ]]; then retire "$old"; fi
	unfinished=''
	forget_images || true
	say "released name=$name image=$(current image) seconds=$(($(date +%s) - started))"
	outcome "${verb:-deployed}"
}

# reconcile: starts the recorded release and stops everything else. Fails if its image is not available.
reconcile() {
	local step slot started reason='' answered=000 deadline
	started=$(date +%s)
	# Left behind by a killed release process.
	systemctl stop "build-$name.service" 2>/dev/null || true
	rm -f "$folder"/archive.*
	while read -r step slot; do
		case $step in
		start)
			if ! systemctl --quiet is-active "$(unit "$slot")"; then
				say "restoring name=$name image=$(current image)"
				record | jq .current >"$folder/$slot.json"
				fetch "$(<"$folder/$slot.json")" || stop 4 "$reason"
				systemctl start "$(unit "$slot")" || stop 4 "the container did not start: $(last_words "$slot")"
				deadline=$((SECONDS + HEALTH_SECONDS))
				# An unhealthy recorded release still serves: no other release is available.
				until healthy "$slot" || ((SECONDS >= deadline)); do sleep 0.2; done
			fi
			;;
		serve)
			publish
			serve "$slot"
			;;
		retire) retire "$slot" ;;
		esac
	done < <(reconcile_steps "$(current slot)")
}
