# shellcheck shell=bash
# Runs restic in a container as Jenkins' user, with access to Jenkins' home only. Its secrets are files. Needs IMAGE,
# REPOSITORY and REGION.

restic_run=${RESTIC_RUN:-/run/paasmas/jenkins-backup}
restic_etc=${RESTIC_ETC:-/etc/paasmas/jenkins-backup}
metadata=http://169.254.169.254/latest

# role_credentials: keys of the machine's role, which only root can read, as an AWS credentials file.
role_credentials() {
	local token role
	token=$(curl --silent --show-error --fail --max-time 5 --request PUT \
		--header 'X-aws-ec2-metadata-token-ttl-seconds: 60' "$metadata/api/token")
	ask() {
		curl --silent --show-error --fail --max-time 5 --header "X-aws-ec2-metadata-token: $token" \
			"$metadata/meta-data/iam/security-credentials/$1"
	}
	role=$(ask '')
	ask "$role" | jq --raw-output '"[default]", "aws_access_key_id = \(.AccessKeyId)",
		"aws_secret_access_key = \(.SecretAccessKey)", "aws_session_token = \(.Token)"'
}

# restic_credentials: writes the keys for restic. Keys of a role expire, so call this before each run.
restic_credentials() {
	install --directory --owner=1500 --group=1500 --mode=0700 "$restic_run"
	if [[ -e $restic_etc/credentials ]]; then
		install --owner=1500 --group=1500 --mode=0400 "$restic_etc/credentials" "$restic_run/credentials"
	else
		(umask 077 && role_credentials >"$restic_run/credentials.new")
		chown 1500:1500 "$restic_run/credentials.new"
		mv "$restic_run/credentials.new" "$restic_run/credentials"
	fi
}

# restic [--volume=...]... -- ARGUMENT...: returns restic's exit code. 10: the repository does not exist yet.
restic() {
	local volumes=()
	while [[ $1 != -- ]]; do
		volumes+=("$1")
		shift
	done
	shift
	podman run --rm --network=host --cgroups=split --user=1500:1500 --read-only --cap-drop=all \
		--security-opt=no-new-privileges --pids-limit=0 --log-driver=passthrough --env=HOME=/tmp \
		--env=RESTIC_REPOSITORY="$REPOSITORY" --env=AWS_DEFAULT_REGION="$REGION" \
		--env=RESTIC_PASSWORD_FILE="$restic_etc/password" --env=AWS_SHARED_CREDENTIALS_FILE="$restic_run/credentials" \
		--env=RESTIC_CACHE_DIR=/cache --volume="$DATA_PATH/restic:/cache:Z" \
		--volume="$restic_etc:$restic_etc:ro,z" --volume="$restic_run:$restic_run:ro,z" "${volumes[@]}" \
		--entrypoint=restic "$IMAGE" "$@"
}
