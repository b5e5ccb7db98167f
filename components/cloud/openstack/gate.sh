#!/bin/sh
# Waits until a machine reports that its role is healthy. A healthy machine overwrites an object with "ready" every ten
# seconds, an unhealthy one with "not ready" and the reason. The gate needs a change of the object after its start: an
# older report can be from the replaced machine. So the clocks need not agree.
# MACHINE          name for messages
# SERVER_ID        id of the server in Nova
# READY_URL        temporary URL to read the object; secret
# TIMEOUT_SECONDS  time limit
set -eu

deadline=$(($(date +%s) + TIMEOUT_SECONDS))

command -v curl >/dev/null || {
	echo "machine $MACHINE: cannot check whether it is ready: curl is not on the PATH; install it" >&2
	exit 1
}

# look: sets status to the HTTP status, stamp to the date of the report, and report to its text. The URL is not on the
# command line.
look() {
	status=000
	stamp=
	report=
	if ! answer=$(printf 'url = "%s"\n' "$READY_URL" |
		curl --config - --include --silent --show-error --max-time 15 ${OS_CACERT:+--cacert "$OS_CACERT"} 2>&1); then
		status=$(printf '%s' "$answer" | tail -n 1)
		return
	fi
	answer=$(printf '%s\n' "$answer" | tr -d '\r')
	status=$(printf '%s\n' "$answer" | sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' | tail -n 1)
	stamp=$(printf '%s\n' "$answer" | grep -i -e '^x-timestamp:' -e '^last-modified:' || true)
	report=$(printf '%s\n' "$answer" | sed -n '/^ready /,$p; /^not ready /,$p')
}

# Shortens lines, and hides values that look like secrets: Ignition logs the URL of its config.
lines() {
	sed -E -e 's/([A-Za-z_-]*(password|PASSWORD|secret|SECRET|token|TOKEN|_sig|_KEY|[Aa]uthorization)"? ?[=:] ?)[^ ].*/\1[secret]/' \
		-e 's/^/  /' | cut -c 1-200
}

openstack_says() {
	if command -v timeout >/dev/null; then timeout 30 openstack "$@"; else openstack "$@"; fi 2>/dev/null
}

# State and console of the server, if the OpenStack client is installed and has access.
report_server() {
	if command -v openstack >/dev/null &&
		state=$(openstack_says server show "$SERVER_ID" --format value --column status --column fault); then
		printf 'server %s in Nova: ' "$SERVER_ID"
		printf '%s\n' "$state" | tr '\n' ' ' | cut -c 1-600
		if console=$(openstack_says console log show --lines 15 "$SERVER_ID") && [ -n "$console" ]; then
			echo "last lines of its console:"
			printf '%s\n' "$console" | lines
		fi
	fi
	echo "see all with: openstack server show $SERVER_ID; openstack console log show $SERVER_ID"
}

# Report at the start of the gate; known after the first answer of Swift.
before=unknown
reason=
while :; do
	look
	if [ "$status" = 404 ]; then
		before=nothing
	elif [ "$status" = 200 ] && [ "$before" = unknown ]; then
		before=$stamp
	elif [ "$status" = 200 ] && [ "$stamp" != "$before" ]; then
		case $report in
		not\ *) reason=$report ;;
		*)
			echo "machine $MACHINE is ready"
			exit 0
			;;
		esac
	fi
	if [ "$(date +%s)" -ge "$deadline" ]; then
		case $status in
		404) why="it never reported" ;;
		200) why="its last report is old: it was healthy once, or its predecessor was" ;;
		401 | 403)
			why="Swift refuses the temporary URL (HTTP $status): expired, or sha256 is not among its allowed_digests"
			;;
		*) why="Swift request failed: $status" ;;
		esac
		if [ -n "$reason" ]; then why="its last report: $(printf '%s' "$reason" | head -c 6000)"; fi
		echo "machine $MACHINE: not ready after $TIMEOUT_SECONDS s: $why" >&2
		report_server >&2
		exit 1
	fi
	sleep 2
done
