# shellcheck shell=bash
# Prepares Go for a script that builds with it. Source it first. Ends the script with exit code 3 if there is no Go.

command -v go >/dev/null || {
	echo "${0##*/}: Go is not installed (there is no go on the PATH)" >&2
	exit 3
}
# An older Go downloads the release that a module requires. Debian's disables that. go.ts does the same for tests.
export GOTOOLCHAIN=${GOTOOLCHAIN:-auto}
