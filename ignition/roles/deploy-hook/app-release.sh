# shellcheck shell=bash
# Replaces one release by another, and restores the recorded release. Sourced by app.
# shellcheck disable=SC2034,SC2154 # from and for app, and from the app's settings

# release RELEASE: puts an image in the place of what runs, without a request that fails.
release() {
	local old new started since reason='' answered=000 deadline
	started=$(date +%s)
	if [[ $(jq .image <<<"$1") == "$(record | jq .current.image)" ]] && ! ended "$(current slot)" && healthy "$(current slot)"; then
		outcome unchanged
		return
	fi
	reconcile
	old=$(current slot) new=$(other "$(current slot)")
	unfinished=yes
	fetch "$1" || stop 4 "$reason"
	jq --arg slot "$new" '. + {slot: $slot}' <<<"$1" >"$folder/$new.json"
	say "$name: starting $(jq --raw-output .image <<<"$1") as $new, beside ${old:-nothing}"
	systemctl start "$(unit "$new")" || stop 4 "the container did not start: $(last_words "$new")"

	deadline=$((SECONDS + HEALTH_SECONDS))
	until healthy "$new"; do
		if ended "$new"; then stop 4 "the container ended by itself: $(last_words "$new")"; fi
		if ((SECONDS >= deadline)); then stop 4 "GET $HEALTH_PATH answered ${answered/000/nothing} for $HEALTH_SECONDS s, not 200 to 399"; fi
		sleep 0.2
	done
	publish
	serve "$new"
	if [[ -n $old ]]; then runtime "set server $backend/$old state drain"; fi
	# On probation, with the old one at hand.
	deadline=$((SECONDS + WATCH_SECONDS))
	while ((SECONDS < deadline)); do
		if ended "$new" || ! healthy "$new"; then stop 4 "it was healthy, and no more once it served (GET $HEALTH_PATH: ${answered/000/nothing})"; fi
		sleep 0.3
	done

	# From here on it is what runs, whatever happens to this process or the machine.
	since=$(date --utc +%FT%TZ)
	remember "$(released "$(record)" "$(jq --arg slot "$new" --arg since "$since" '. + {slot: $slot, since: $since}' <<<"$1")")"
	serve "$new"
	if [[ -n $old ]]; then retire "$old"; fi
	unfinished=''
	forget_images || true
	say "$name: $(current image) serves after $(($(date +%s) - started)) s"
	outcome "${verb:-deployed}"
}

# reconcile: what runs is what the record says, and nothing beside it. Fails when its image cannot be had.
reconcile() {
	local step slot started reason='' answered=000 deadline
	started=$(date +%s)
	# Left over from a release whose process was killed.
	systemctl stop "build-$name.service" 2>/dev/null || true
	rm -f "$folder"/archive.*
	while read -r step slot; do
		case $step in
		start)
			if ! systemctl --quiet is-active "$(unit "$slot")"; then
				say "$name: bringing $(current image) back"
				record | jq .current >"$folder/$slot.json"
				fetch "$(<"$folder/$slot.json")" || stop 4 "$reason"
				systemctl start "$(unit "$slot")" || stop 4 "the container did not start: $(last_words "$slot")"
				deadline=$((SECONDS + HEALTH_SECONDS))
				# Unhealthy is still better than nothing: it is what was chosen to run.
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
