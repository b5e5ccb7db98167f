#!/bin/bash
# The server is a stand-in of the lab. All other programs are from Debian.
set -euo pipefail
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

root jenkins minbase python3-minimal,libpython3-stdlib,unzip,git,openssh-client
install -d -o 1000 -g 1000 "$work/jenkins/var/jenkins_home"
install -d "$work/jenkins/usr/share/jenkins/ref" "$work/jenkins/opt/java/openjdk/bin"
: >"$work/jenkins/usr/share/jenkins/jenkins.war"
install -m 0755 "$here/java" "$work/jenkins/opt/java/openjdk/bin/java"
install -m 0755 "$here/jenkins.sh" "$work/jenkins/usr/local/bin/jenkins.sh"
install -m 0755 "$here/jenkins-plugin-cli" "$work/jenkins/bin/jenkins-plugin-cli"
install -m 0644 "$here/jenkins.py" "$work/jenkins/usr/local/lib/jenkins.py"
pack jenkins
