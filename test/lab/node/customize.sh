#!/bin/bash
# Makes a fresh Debian root behave like a CoreOS image before its first boot.
# Usage: customize.sh ROOT
set -euo pipefail
root=$1

# As on CoreOS, presets enable units at first boot. Disable those that Debian's packages enabled.
rm -rf "$root"/etc/systemd/system/*.wants
echo uninitialized >"$root/etc/machine-id"
rm -f "$root/var/lib/dbus/machine-id"
mkdir -p "$root/var/log/journal" "$root/usr/lib/containers/storage"

# Debian's maintenance units, which CoreOS does not have. The entry script of the node masks units that no container can
# run.
for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
	fstrim.timer getty-static.service systemd-pcrphase.service systemd-pcrphase-sysinit.service; do
	ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
ln -sf /usr/lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"

chroot "$root" useradd --create-home --shell /bin/bash --uid 1000 core
: >"$root/etc/resolv.conf"
echo '127.0.0.1 localhost' >"$root/etc/hosts"
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/{doc,man,locale}/*
