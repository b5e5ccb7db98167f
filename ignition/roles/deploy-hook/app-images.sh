# shellcheck shell=bash
# Pulls, builds and removes the images of apps. Sourced by app.
# shellcheck disable=SC2153,SC2154 # from app, and from the app's settings

# fetch RELEASE: pulls or builds the image if it is missing. If that fails, sets $reason.
fetch() {
	local image commit log
	image=$(jq --raw-output .image <<<"$1") commit=$(jq --raw-output '.commit // empty' <<<"$1")
	if podman image exists "$image"; then return; fi
	log=$(mktemp)
	if [[ -n $commit ]]; then
		if ! build "$image" "$commit" 2>"$log"; then
			reason="the build failed: $(tail --lines=5 "$log" | tail --bytes=600 | tr '\n' ' ')"
		fi
	elif ! timeout 600 podman pull --quiet "$image" >/dev/null 2>"$log"; then
		reason="the image cannot be pulled: $(tail --lines=1 "$log" | tail --bytes=400)"
	fi
	cat "$log" >&2
	rm -f "$log"
	[[ -z $reason ]]
}

# build IMAGE COMMIT: builds as an unprivileged user. At most $BUILDS builds run at the same time.
build() {
	local turn queue archive status=0
	mkdir -p "$locks/builds"
	while :; do
		for ((turn = 1; turn <= BUILDS; turn++)); do
			exec {queue}>"$locks/builds/$turn"
			if flock --nonblock "$queue"; then break 2; fi
			exec {queue}>&-
		done
		sleep 0.5
	done
	install --directory --owner=builder --group=builder --mode=0700 "$BUILDER_HOME"
	archive=$(mktemp "$folder/archive.XXXXXX")
	systemd-run --quiet --unit="build-$name" --collect --wait --pipe --uid=builder --gid=builder --slice=builds.slice \
		--property=Delegate=yes --property=RuntimeMaxSec=1800 \
		--property=RuntimeDirectory=builder --property=RuntimeDirectoryPreserve=yes \
		--property=CPUWeight=20 --property=MemoryMax="${BUILD_MEMORY_MIB}M" --setenv=HOME="$BUILDER_HOME" \
		--setenv=XDG_RUNTIME_DIR=/run/builder --setenv=GIT_IMAGE="$GIT_IMAGE" \
		--setenv=REGISTRY_AUTH_FILE=/etc/paasmas/builder/config.json \
		"$bin/app-build" "$SOURCE" "$2" "$DOCKERFILE" "$1" </dev/null >"$archive" &&
		podman load --quiet --input "$archive" >/dev/null || status=$?
	rm -f "$archive"
	exec {queue}>&-
	return "$status"
}

forget_images() {
	local kept repository
	kept=$(cat "$folders"/*/state.json | jq --raw-output '.current, .previous | .image // empty')
	for repository in "$REPOSITORY" "localhost/$app"; do
		podman images --no-trunc --format '{{.ID}} {{.Repository}} {{.Tag}} {{.Digest}}' |
			stale_images "$repository" "$kept" | sort -u | xargs --no-run-if-empty podman rmi --ignore >/dev/null 2>&1 || true
	done
}
