#!/bin/sh
# Waits until the role of a node container is healthy: runs the readiness script in the container.
# MACHINE          name for messages
# CONTAINER        name of the container
# TIMEOUT_SECONDS  time limit
set -eu

deadline=$(($(date +%s) + TIMEOUT_SECONDS))
answer="nothing yet"
before=

fail() {
	printf '%s\n' "machine $MACHINE: $1" "last answer of /opt/paasmas/bin/ready: ${answer:-(none)}" \
		"last lines of its log:" >&2
	docker logs --tail 15 "$CONTAINER" >&2 2>&1 || true
	exit 1
}

command -v docker >/dev/null || {
	echo "machine $MACHINE: cannot check whether it is ready: docker is not on the PATH; install it" >&2
	exit 1
}

while :; do
	# `timeout` limits a hung readiness script to ten seconds.
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
