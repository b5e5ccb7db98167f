#!/bin/bash
# Stands in for jenkins/jenkins: the same entry point, user, folders and variables, with a server that keeps its home in
# the same way. It contains no Jenkins.
set -euo pipefail

: "${JENKINS_HOME:=/var/jenkins_home}"
touch "$JENKINS_HOME/copy_reference_file.log"
read -ra options <<<"${JENKINS_OPTS:-}"
exec python3 /usr/local/lib/jenkins.py "${options[@]}"
