# shellcheck shell=bash
# State of a slot, and its traffic from the proxy. Sourced by app.
# shellcheck disable=SC2154 # from app, and from the app's settings

# runtime COMMAND: runs a command of HAProxy's Runtime API. An empty answer means success.
runtime() {
	local answer
	answer=$(echo "$1" | socat -t 2 - UNIX-CONNECT:/run/paasmas/proxy/admin.sock)
	if [[ -n ${answer//[[:space:]]/} ]]; then
		say "proxy command failed command=\"$1\" answer=\"$answer\""
		return 1
	fi
}

# healthy SLOT: sets $answered to the HTTP status.
healthy() {
	answered=$(curl --silent --output /dev/null --max-time 3 --header "Host: $(host)" \
		--write-out '%{http_code}' "http://$(address "$1"):$PORT$HEALTH_PATH") || true
	[[ $answered == [23]?? ]]
}

# ended SLOT: whether the container of a slot has exited or restarted.
ended() {
	local -A is=()
	local key value
	while IFS='=' read -r key value; do
		is[$key]=$value
	done < <(systemctl show --property=NRestarts,ActiveState "$(unit "$1")")
	[[ ${is[NRestarts]} != 0 || ${is[ActiveState]} != active ]]
}

# last_words SLOT: last output of the container that this process started.
last_words() {
	journalctl --unit="$(unit "$1")" --since="@$started" --lines=5 --output=cat --no-pager _TRANSPORT=stdout |
		tail --bytes=600 | tr '\n' ' '
}

# publish: adds the host name of a preview to the proxy. Names of apps are in its map file.
publish() {
	local verb="add"
	if ((preview_index == 0)); then return; fi
	if echo "show map $hosts" | socat -t 2 - UNIX-CONNECT:/run/paasmas/proxy/admin.sock |
		grep --quiet --fixed-strings " $(host) "; then
		verb="set"
	fi
	runtime "$verb map $hosts $(host) $backend"
}

serve() { runtime "set server $backend/$1 state ready"; }

# retire SLOT: takes the slot out of service, waits for its requests, stops it.
retire() {
	local deadline=$((SECONDS + DRAIN_SECONDS)) under_way
	if systemctl --quiet is-active "$(unit "$1")"; then
		runtime "set server $backend/$1 state drain"
		while ((SECONDS <= deadline)); do
			under_way=$(echo "show stat" | socat -t 2 - UNIX-CONNECT:/run/paasmas/proxy/admin.sock |
				sessions "$backend" "$1")
			if [[ $under_way == 0 ]]; then break; fi
			sleep 0.1
		done
		if [[ $under_way != 0 ]]; then say "drain timed out name=$name requests=$under_way seconds=$DRAIN_SECONDS"; fi
	fi
	runtime "set server $backend/$1 state maint"
	systemctl stop "$(unit "$1")"
	systemctl reset-failed "$(unit "$1")" 2>/dev/null || true
}
