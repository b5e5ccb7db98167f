#!/bin/bash
# Fake of the programs that `app` calls: systemctl, podman, curl, socat, journalctl and sync, selected by its file name.
# The state of the machine is in files below $SIM:
#   running/<slot>  ready/<slot>   a running container, a slot that serves requests
#   images/<digest>                pulled images
#   log                            a line for each change, and whether a slot serves
# The first digit of a digest sets the behaviour: a is missing, b is never healthy, c exits at once.
# Kills the process $APP before call number $KILL_AT.
set -euo pipefail

slot_of() {
	local unit=${1#app@shop-}
	echo "${unit%.service}"
}
digest_in() { jq -r '.image | sub(".*@sha256:"; "")' "$PAASMAS_ROOT/var/lib/paasmas/deploy-hook/apps/shop/$1.json"; }

# changes TEXT: logs a change; the process may be killed here.
changes() {
	local serves=no slot
	for slot in blue green; do
		if [[ -e $SIM/running/$slot && -e $SIM/ready/$slot ]]; then serves=yes; fi
	done
	echo "$serves $*" >>"$SIM/log"
	if [[ -n ${KILL_AT:-} && $(wc -l <"$SIM/log") == "$KILL_AT" ]]; then
		kill -KILL "$APP"
		exit 1
	fi
}

case ${0##*/} in
systemctl)
	command=$1
	if [[ $command == --quiet ]]; then command=$2; fi
	unit=${!#}
	case $command in
	start)
		slot=$(slot_of "$unit")
		changes start "$slot"
		if [[ $(digest_in "$slot") == c* ]]; then exit 1; fi
		digest_in "$slot" >"$SIM/running/$slot"
		;;
	stop) if [[ $unit == app@* && -e $SIM/running/$(slot_of "$unit") ]]; then
		changes stop "$(slot_of "$unit")"
		rm -f "$SIM/running/$(slot_of "$unit")"
	fi ;;
	is-active) [[ -e $SIM/running/$(slot_of "$unit") ]] ;;
	show)
		if [[ -e $SIM/running/$(slot_of "$unit") ]]; then state=active; else state=inactive; fi
		printf 'NRestarts=0\nActiveState=%s\n' "$state"
		;;
	esac
	;;
podman)
	case "$1 $2" in
	"image exists") [[ -e $SIM/images/${3#*sha256:} ]] ;;
	"pull --quiet")
		changes pull
		if [[ $3 == *sha256:a* ]]; then
			echo "Error: manifest unknown" >&2
			exit 125
		fi
		touch "$SIM/images/${3#*sha256:}"
		;;
	esac
	;;
curl)
	url=${!#}
	slot=blue
	if [[ $url == *10.0.0.2:* ]]; then slot=green; fi
	if [[ ! -e $SIM/running/$slot ]]; then
		printf 000
		exit 7
	elif [[ $(<"$SIM/running/$slot") == b* ]]; then
		printf 503
	else
		printf 200
	fi
	;;
socat)
	read -r -a words
	case "${words[*]}" in
	"set server shop.0/"*)
		slot=${words[2]#*/}
		changes "${words[4]}" "$slot"
		if [[ ${words[4]} == ready ]]; then touch "$SIM/ready/$slot"; else rm -f "$SIM/ready/$slot"; fi
		;;
	"show stat") printf 'shop.0,blue,0,0,0\nshop.0,green,0,0,0\n' ;;
	esac
	;;
sync) if [[ $1 == *.new ]]; then changes record; fi ;;
journalctl) echo "its last words" ;;
esac
