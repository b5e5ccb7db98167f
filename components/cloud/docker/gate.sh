#!/bin/sh
# Waits until a container is ready. Starts a container that was created but does not run: the provider leaves it so if
# the first start failed. The error has the reason: the state of the container, and the diagnosis of the machine.
# SUBJECT          name for messages, such as "machine db-1"
# CONTAINER        name of the container
# READY            path of a script in the container that succeeds if the role is healthy; empty: it only has to run
# TIMEOUT_SECONDS  time limit
set -eu

deadline=$(($(date +%s) + TIMEOUT_SECONDS))
before=
last=
calm=0
started=
code=

report_log() {
	echo "last lines of its output:"
	docker logs --tail 12 "$CONTAINER" 2>&1 | cut -c 1-200 | sed 's/^/  /'
	echo "see all with: docker logs $CONTAINER"
}

# Without systemd as process 1, only Docker has the output.
report() {
	if [ -n "$READY" ] && text=$(docker exec "$CONTAINER" timeout 30 "${READY%/*}/diagnose" 2>/dev/null); then
		printf '%s\n' "$text"
		echo "see all with: docker exec $CONTAINER journalctl"
	else
		report_log
	fi
}

fail() {
	echo "$SUBJECT: $1" >&2
	"${2:-report}" >&2
	exit 1
}

# Container that does not exist, or a start that failed: the message of Docker is the reason.
nothing() { :; }

command -v docker >/dev/null || {
	echo "$SUBJECT: cannot check whether it is ready: docker is not on the PATH; install it" >&2
	exit 1
}

while :; do
	# `timeout` limits a hung readiness script to ten seconds.
	if [ -n "$READY" ] && docker exec "$CONTAINER" timeout 10 "$READY" >/dev/null 2>&1; then
		echo "$SUBJECT is ready"
		exit 0
	fi
	now=$(docker inspect --format '{{.State.Status}} {{.RestartCount}} {{.State.ExitCode}} {{.State.StartedAt}}' \
		"$CONTAINER" 2>&1) || true
	status=${now%% *}
	case $now in
	*[Nn]"o such"*) fail "its container $CONTAINER does not exist" nothing ;;
	created\ * | exited\ *)
		[ -z "$started" ] || fail "its container stopped with exit code $(echo "$now" | cut -d ' ' -f 3)" report_log
		started=yes
		start=$(docker start "$CONTAINER" 2>&1) || fail "its container cannot start: $(echo "$start" | head -n 1)" nothing
		;;
	running\ * | restarting\ *)
		restarts=$(echo "$now" | cut -d ' ' -f 2)
		before=${before:-$restarts}
		# 0 while it runs.
		exit_code=$(echo "$now" | cut -d ' ' -f 3)
		[ "$exit_code" = 0 ] || code=$exit_code
		[ "$((restarts - before))" -lt 3 ] || fail "its container keeps stopping${code:+, with exit code $code}" report_log
		if [ "$now" = "$last" ]; then calm=$((calm + 1)); else calm=0; fi
		# A program that cannot use its config or its ports ends at once.
		if [ -z "$READY" ] && [ "$status" = running ] && [ "$calm" -ge 3 ]; then
			echo "$SUBJECT is ready"
			exit 0
		fi
		;;
	esac
	if [ "$(date +%s)" -ge "$deadline" ]; then
		case $status in
		running) fail "not ready after $TIMEOUT_SECONDS s" ;;
		paused | restarting | removing | dead)
			fail "not ready after $TIMEOUT_SECONDS s: its container is $status" report_log
			;;
		*) fail "not ready after $TIMEOUT_SECONDS s: Docker answered: $now" nothing ;;
		esac
	fi
	last=$now
	sleep 0.5
done
