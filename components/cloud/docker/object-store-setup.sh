#!/bin/sh
# Creates the bucket of an object store and enables versioning. Runs in a container of the private network, which can
# reach the store. Can be repeated.
# ENDPOINT    http://HOST:PORT
# BUCKET      name of the bucket
# ACCESS_KEY, SECRET_KEY
set -eu

namespace=http://s3.amazonaws.com/doc/2006-03-01/
versioning="<VersioningConfiguration xmlns=\"$namespace\"><Status>Enabled</Status></VersioningConfiguration>"
answer=$(mktemp)

# put PATH [BODY]: sends a PUT request and prints the HTTP status. Credentials are not on the command line.
put() {
	hash=$(printf '%s' "${2-}" | sha256sum | cut -d ' ' -f 1)
	curl --silent --show-error --max-time 10 --config - --request PUT --aws-sigv4 aws:amz:us-east-1:s3 \
		--header "x-amz-content-sha256: $hash" --data "${2-}" --output "$answer" --write-out '%{http_code}' \
		"$ENDPOINT/$1" <<CONFIG
user = "$ACCESS_KEY:$SECRET_KEY"
CONFIG
}

attempt=0
until status=$(put "$BUCKET") && { [ "$status" = 200 ] || [ "$status" = 409 ]; }; do
	attempt=$((attempt + 1))
	if [ "$attempt" -ge 30 ]; then
		echo "object store $BUCKET: cannot create the bucket, status ${status:-none}: $(cat "$answer")" >&2
		exit 1
	fi
	sleep 1
done

status=$(put "$BUCKET?versioning=" "$versioning")
if [ "$status" != 200 ]; then
	echo "object store $BUCKET: cannot enable versioning, status $status: $(cat "$answer")" >&2
	exit 1
fi
