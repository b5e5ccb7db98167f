#!/bin/bash
# Entry point of a node container, instead of firmware and initramfs. Removes mounts of Docker that a machine does not
# have, applies the Ignition config once with the Ignition binary of the image, and runs systemd. Works with the image
# of Fedora CoreOS, and with images that have systemd and the same path of the binary.
set -euo pipefail

readonly config=/ignition/config.ign
readonly ignition=/usr/lib/dracut/modules.d/30ignition/ignition
# In the file system of the container: a new container is a new machine, a restart is a reboot.
readonly state=/var/lib/node-init

# Units that cannot run in a container, which shares the kernel of the host.
readonly masked=(
	# Docker manages network, addresses and name server.
	NetworkManager.service NetworkManager-wait-online.service systemd-networkd.service systemd-networkd.socket
	systemd-networkd-wait-online.service systemd-resolved.service
	# The host manages clock, kernel settings and modules.
	chronyd.service systemd-timesyncd.service systemd-sysctl.service systemd-modules-load.service
	# The host manages devices, consoles and kernel file systems.
	systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket systemd-udev-trigger.service
	getty.target console-getty.service dev-hugepages.mount sys-kernel-config.mount sys-kernel-debug.mount
	sys-kernel-tracing.mount
	# Pulumi updates a container by replacement; the first boot is not interactive.
	zincati.service systemd-firstboot.service
)

die() {
	echo "node-init: $*" >&2
	exit 1
}

# release_file FILE: removes Docker's bind mount. Ignition replaces files, which fails for a bind mount.
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
		# A new CoreOS machine has no host name file.
		rm -f /etc/hostname /etc/resolv.conf /etc/hosts
		printf '%s\n' "$resolver" >/etc/resolv.conf
		printf '%s\n' "$hosts" >/etc/hosts
	fi
}

# Removes Docker's mounts that hide parts of /proc or make them read-only: podman writes to /proc/sys. Docker has an
# option for this, but the provider cannot read it back.
release_proc() {
	local path
	while read -r path; do
		umount "$path" || die "cannot unmount $path: the container needs CAP_SYS_ADMIN"
	done < <(awk '$5 ~ "^/proc/" { print $5 }' /proc/self/mountinfo | tac)
}

# Mounts a writable cgroup2 tree for systemd: Docker mounts it read-only, or mounts v1 trees on older hosts.
fresh_cgroup() {
	local probe=/run/cgroup2
	mkdir -p "$probe"
	if mount -t cgroup2 cgroup2 "$probe" 2>/dev/null; then
		umount -R /sys/fs/cgroup 2>/dev/null || true
		mount --move "$probe" /sys/fs/cgroup
	else
		echo "node-init: cannot mount cgroup2, using the mount of Docker" >&2
	fi
	rmdir "$probe"
}

# Does the tasks of CoreOS' initramfs before Ignition runs.
prepare_first_boot() {
	local link unit
	# systemd then treats the boot as the first one and applies the presets that Ignition writes for units.
	echo uninitialized >/etc/machine-id
	for link in /home /root /opt /srv /mnt /usr/local; do
		if [[ -L $link ]]; then mkdir -p "$(readlink -m "$link")"; fi
	done
	mkdir -p /etc/systemd/system
	for unit in "${masked[@]}"; do ln -sf /dev/null "/etc/systemd/system/$unit"; done
	# Ignition sets SELinux labels; in a container, the engine manages them.
	mkdir -p "$state/bin"
	printf '#!/bin/sh\nexec cat >/dev/null\n' >"$state/bin/setfiles"
	chmod 0755 "$state/bin/setfiles"
}

apply_config() {
	local stage
	for stage in fetch-offline fetch files; do
		IGNITION_CONFIG_FILE=$config PATH=$state/bin:$PATH "$ignition" --platform=file --root=/ --stage="$stage" \
			--config-cache="$state/config-cache.json" --state-file="$state/ignition-state.json" \
			--neednet="$state/neednet" --log-to-stdout || return 1
	done
}

first_boot() {
	[[ -r $config ]] || die "there is no Ignition config at $config"
	[[ -x $ignition ]] ||
		die "the image has no Ignition at $ignition; use quay.io/fedora/fedora-coreos or a compatible image"
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

[[ $$ == 1 ]] || die "must run as process 1, as the entry point of a container"
# systemd detects a container by this variable.
export container=docker
release_files
release_proc
fresh_cgroup
[[ -e $state/applied ]] || first_boot
exec /sbin/init
