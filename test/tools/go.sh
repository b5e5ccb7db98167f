# shellcheck shell=bash
# Makes Go ready for a script that builds with it. Sourced first; ends the script with exit code 3 when there is none.

command -v go >/dev/null || {
	echo "${0##*/}: Go is not installed (there is no go on the PATH)" >&2
	exit 3
}
# An older Go fetches the release that a module asks for; Debian's would not. The same for tests: go.ts.
export GOTOOLCHAIN=${GOTOOLCHAIN:-auto}
