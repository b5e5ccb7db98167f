#!/bin/sh
# Waits until a machine reports that its role is healthy. A healthy machine overwrites an object every ten seconds. The
# gate needs a change of the object after its start: an older report can be from the replaced machine.
# So the clocks need not agree.
# MACHINE          name for messages
# READY_URL        temporary URL to read the object; secret
# TIMEOUT_SECONDS  time limit
set -eu

deadline=$(($(date +%s) + TIMEOUT_SECONDS))

command -v curl >/dev/null || {
	echo "machine $MACHINE: cannot check whether it is ready: curl is not on the PATH; install it" >&2
	exit 1
}

# look: sets status to the HTTP status and stamp to the date of the report. The URL is not on the command line.
look() {
	status=000
	stamp=
	if ! headers=$(printf 'url = "%s"\n' "$READY_URL" |
		curl --config - --head --silent --show-error --max-time 15 ${OS_CACERT:+--cacert "$OS_CACERT"} 2>&1); then
		status=$(printf '%s' "$headers" | tail -n 1)
		return
	fi
	headers=$(printf '%s\n' "$headers" | tr -d '\r')
	status=$(printf '%s\n' "$headers" | sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' | tail -n 1)
	stamp=$(printf '%s\n' "$headers" | grep -i -e '^x-timestamp:' -e '^last-modified:' || true)
}

# Report at the start of the gate; known after the first answer of Swift.
before=unknown
while :; do
	look
	if [ "$status" = 404 ]; then
		before=nothing
	elif [ "$status" = 200 ] && [ "$before" = unknown ]; then
		before=$stamp
	elif [ "$status" = 200 ] && [ "$stamp" != "$before" ]; then
		echo "machine $MACHINE is ready"
		exit 0
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
		echo "machine $MACHINE: not ready after $TIMEOUT_SECONDS s: $why" >&2
		exit 1
	fi
	sleep 2
done
