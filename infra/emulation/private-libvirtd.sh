#!/bin/sh
# Becomes a libvirtd that keeps everything of its own below one folder. Run in a mount namespace of its own (unshare
# --mount): there, folders of STATE lie over the system's, so that the system's libvirt files are neither read nor changed.
# Arguments: STATE, the folder with etc, run, lib, log and cache; its libvirtd.conf is etc/libvirtd.conf.
set -eu
state=$1

# Where device data of udev is; libvirt reads it there. Absent on machines without udev.
if [ -d /run/udev ]; then
  mkdir -p "$state/run/udev"
  mount --bind /run/udev "$state/run/udev"
fi
# The whole of /run, because a mount point /run/libvirt may not exist, and making one would change the system.
mount --rbind "$state/run" /run
mount --bind "$state/etc" /etc/libvirt
mount --bind "$state/lib" /var/lib/libvirt
mount --bind "$state/log" /var/log/libvirt
mount --bind "$state/cache" /var/cache/libvirt

exec libvirtd --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirtd.pid
