#!/bin/sh
# Waits until a machine reports that its role is healthy. While it is, the machine overwrites an object every few
# seconds; a report counts when the object changes before our eyes. One that was there already may be from the
# machine's predecessor. No clock is compared with another.
# MACHINE          name for messages
# READY_URL        temporary URL of the object, for reading; secret
# TIMEOUT_SECONDS  how long to wait
set -eu

deadline=$(($(date +%s) + TIMEOUT_SECONDS))

command -v curl >/dev/null || {
	echo "machine $MACHINE: cannot ask whether it is ready: there is no curl on the PATH" >&2
	exit 1
}

# Sets status to the HTTP status and stamp to what tells one report from the next. The URL stays off the command line.
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

# What was there before us, not known until Swift answers for the first time.
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
		401 | 403) why="Swift refuses the temporary URL (HTTP $status): expired, or sha256 is not among its allowed_digests" ;;
		*) why="Swift cannot be asked: $status" ;;
		esac
		echo "machine $MACHINE: not ready after $TIMEOUT_SECONDS s: $why" >&2
		exit 1
	fi
	sleep 2
done
