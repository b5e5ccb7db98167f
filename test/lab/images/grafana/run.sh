#!/bin/sh
# Like the real image: a variable NAME__FILE becomes NAME, with the content of its file.
set -eu

for name in $(env | sed -n 's/^\(GF_[^=]*\)__FILE=.*/\1/p'); do
	eval "file=\$${name}__FILE given=\${$name:-}"
	if [ -n "$given" ]; then
		echo "both $name and ${name}__FILE are set" >&2
		exit 1
	fi
	# shellcheck disable=SC2154 # set by eval
	value=$(cat "$file")
	export "$name=$value"
	unset "${name}__FILE"
done
mkdir -p "$GF_PATHS_PLUGINS"
GF_LOG_MODE=console exec grafana server "$@"
