# shellcheck shell=bash
# Converts lines "NAME ADDRESS:PORT" to the map of nginx. A name that ends in * stands for all names with this prefix.

service_name='^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?|[a-z0-9][a-z0-9-]{0,61}\*)$'
octet='([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])'
service_address="^($octet\.){3}$octet:([1-9][0-9]{0,4})\$"

# valid_service NAME ADDRESS:PORT
valid_service() {
	[[ $1 =~ $service_name && $2 =~ $service_address ]] && ((BASH_REMATCH[4] <= 65535))
}

# nginx_map FILE...: prints the map. Later lines and later files have precedence.
nginx_map() {
	local -A addresses=()
	local file name address rest
	for file in "$@"; do
		[[ -e $file ]] || continue
		while read -r name address rest; do
			[[ -n $name && $name != '#'* ]] || continue
			if [[ -n $rest ]] || ! valid_service "$name" "$address"; then
				echo "$file: \"$name $address${rest:+ $rest}\" is not NAME ADDRESS:PORT" >&2
				return 1
			fi
			addresses[$name]=$address
		done <"$file"
	done
	((${#addresses[@]} > 0)) || return 0
	# nginx matches exact names first, then regular expressions in order: print the longest prefix first.
	while read -r name; do
		address=${addresses[$name]}
		if [[ $name == *'*' ]]; then
			printf '"~^%s" %s;\n' "${name%\*}" "$address"
		else
			printf '%s %s;\n' "$name" "$address"
		fi
	done < <(printf '%s\n' "${!addresses[@]}" | awk '{ print length($0), $0 }' | sort -k1,1nr -k2,2 | cut -d ' ' -f 2-)
}

# with_service FILE NAME [ADDRESS:PORT]: prints the lines of the file with the service replaced, or removed.
with_service() {
	if [[ -e $1 ]]; then awk -v name="$2" '$1 != name' "$1"; fi
	if (($# > 2)); then printf '%s %s\n' "$2" "$3"; fi
}

# has_service FILE NAME: whether the file has a line for the service.
has_service() {
	[[ -e $1 ]] && awk -v name="$2" '$1 == name { found = 1 } END { exit !found }' "$1"
}
