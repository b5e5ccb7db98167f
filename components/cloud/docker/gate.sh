#!/bin/sh
# Waits until the role of a node container is healthy, by asking the machine itself. Exit code 0 when it is.
# MACHINE          name for messages
# CONTAINER        name of the container
# TIMEOUT_SECONDS  how long to wait
set -eu

deadline=$(($(date +%s) + TIMEOUT_SECONDS))
answer="nothing yet"
before=

fail() {
	printf '%s\n' "machine $MACHINE: $1" "last answer of /opt/paasmas/bin/ready: ${answer:-(none)}" "last lines of its log:" >&2
	docker logs --tail 15 "$CONTAINER" >&2 2>&1 || true
	exit 1
}

command -v docker >/dev/null || {
	echo "machine $MACHINE: cannot ask whether it is ready: there is no docker command on the PATH" >&2
	exit 1
}

while :; do
	# The machine bounds the question: a hung one costs ten seconds.
	if answer=$(docker exec "$CONTAINER" timeout 10 /opt/paasmas/bin/ready 2>&1); then
		echo "machine $MACHINE is ready"
		exit 0
	fi
	restarts=$(docker inspect --format '{{.RestartCount}}' "$CONTAINER" 2>&1) || fail "its container is gone: $restarts"
	before=${before:-$restarts}
	[ "$((restarts - before))" -lt 3 ] || fail "its container keeps stopping"
	[ "$(date +%s)" -lt "$deadline" ] || fail "not ready after $TIMEOUT_SECONDS s"
	sleep 0.5
done
