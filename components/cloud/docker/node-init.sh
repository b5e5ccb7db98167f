#!/bin/bash
# Entry point of a node container: what firmware, initramfs and Ignition are on a real machine. It undoes the mounts
# that Docker makes in a machine's place, applies the Ignition config once with the image's own Ignition binary, and
# becomes systemd. Works on Fedora CoreOS' container image and on anything with systemd and the binary where it has it.
set -euo pipefail

readonly config=/ignition/config.ign
readonly ignition=/usr/lib/dracut/modules.d/30ignition/ignition
# In the container's own file system: a new container is a new machine, a restarted one is the same machine rebooted.
readonly state=/var/lib/node-init

# What must not, or cannot, run in a container that shares the host's kernel.
readonly masked=(
	# The network, its addresses and its name server are Docker's.
	NetworkManager.service NetworkManager-wait-online.service systemd-networkd.service systemd-networkd.socket
	systemd-networkd-wait-online.service systemd-resolved.service
	# Clock, kernel settings and modules are the host's.
	chronyd.service systemd-timesyncd.service systemd-sysctl.service systemd-modules-load.service
	# Devices, consoles and kernel file systems are the host's.
	systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service
	getty.target console-getty.service dev-hugepages.mount sys-kernel-config.mount sys-kernel-debug.mount
	sys-kernel-tracing.mount
	# A container is updated by replacing it, and nobody answers questions at its first boot.
	zincati.service systemd-firstboot.service
)

die() {
	echo "node-init: $*" >&2
	exit 1
}

# Docker binds these files from the host. A bound file cannot be replaced, which is how Ignition writes.
release_file() {
	local file path
	file=$1
	path=$(readlink -m "$file")
	if grep -qF " $path " /proc/self/mountinfo; then
		umount "$path" || die "cannot unmount $path: the container needs CAP_SYS_ADMIN"
	fi
}

release_files() {
	local resolver hosts
	resolver=$(cat /etc/resolv.conf)
	hosts=$(cat /etc/hosts)
	release_file /etc/resolv.conf
	release_file /etc/hosts
	release_file /etc/hostname
	if [[ ! -e $state/applied ]]; then
		# A fresh CoreOS has no host name file, and its config is free to write one.
		rm -f /etc/hostname /etc/resolv.conf /etc/hosts
		printf '%s\n' "$resolver" >/etc/resolv.conf
		printf '%s\n' "$hosts" >/etc/hosts
	fi
}

# Docker hides parts of /proc and makes others read-only by mounting over them. Podman, in here, sets network
# parameters below /proc/sys; the option that asks Docker for the same is one the provider cannot read back.
release_proc() {
	local path
	while read -r path; do
		umount "$path" || die "cannot unmount $path: the container needs CAP_SYS_ADMIN"
	done < <(awk '$5 ~ "^/proc/" { print $5 }' /proc/self/mountinfo | tac)
}

# Systemd needs a writable cgroup2 tree: Docker mounts it read-only, or the old v1 trees on older hosts.
fresh_cgroup() {
	local probe=/run/cgroup2
	mkdir -p "$probe"
	if mount -t cgroup2 cgroup2 "$probe" 2>/dev/null; then
		umount -R /sys/fs/cgroup 2>/dev/null || true
		mount --move "$probe" /sys/fs/cgroup
	else
		echo "node-init: no cgroup2 mount to be had, going on with Docker's" >&2
	fi
	rmdir "$probe"
}

# What CoreOS' initramfs prepares before Ignition writes.
prepare_first_boot() {
	local link unit
	# With this, systemd treats the boot as the first and applies the presets that Ignition writes for units.
	echo uninitialized >/etc/machine-id
	for link in /home /root /opt /srv /mnt /usr/local; do
		if [[ -L $link ]]; then mkdir -p "$(readlink -m "$link")"; fi
	done
	mkdir -p /etc/systemd/system
	for unit in "${masked[@]}"; do ln -sf /dev/null "/etc/systemd/system/$unit"; done
	# Ignition labels what it writes; in a container labels are the engine's affair.
	mkdir -p "$state/bin"
	printf '#!/bin/sh\nexec cat >/dev/null\n' >"$state/bin/setfiles"
	chmod 0755 "$state/bin/setfiles"
}

apply_config() {
	local stage
	for stage in fetch-offline fetch files; do
		IGNITION_CONFIG_FILE=$config PATH=$state/bin:$PATH "$ignition" --platform=file --root=/ --stage="$stage" \
			--config-cache="$state/config-cache.json" --state-file="$state/ignition-state.json" --neednet="$state/neednet" \
			--log-to-stdout || return 1
	done
}

first_boot() {
	[[ -r $config ]] || die "there is no Ignition config at $config"
	[[ -x $ignition ]] || die "the image has no Ignition at $ignition; use quay.io/fedora/fedora-coreos or an image like it"
	if [[ -e $state/begun ]]; then
		tail -n 20 "$state/ignition.log" >&2 || true
		die "an earlier attempt to apply the config did not finish, see above; replace the machine"
	fi
	mkdir -p "$state"
	touch "$state/begun"
	prepare_first_boot
	if ! apply_config >"$state/ignition.log" 2>&1; then
		tail -n 20 "$state/ignition.log" >&2
		die "Ignition refused the config, see above"
	fi
	touch "$state/applied"
}

[[ $$ == 1 ]] || die "this is a container's entry point, it has to be process 1"
# What containers are recognised by, with systemd.
export container=docker
release_files
release_proc
fresh_cgroup
[[ -e $state/applied ]] || first_boot
exec /sbin/init
