#!/bin/sh
# Customize hook of mmdebstrap: makes the installed system a lean node.
# Arguments: the system's root folder. Environment: TESTBED_RECIPE, the folder of this recipe.
set -eu
root=$1
cp -R --no-preserve=ownership "$TESTBED_RECIPE/node-root/." "$root/"
chmod 0755 "$root/usr/local/sbin/testbed-seed"

# A key made here would be the same on every node and known to everybody with the image.
rm -f "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
echo testbed-node >"$root/etc/hostname"
echo 'LABEL=root / ext4 rw,noatime 0 0' >"$root/etc/fstab"

# Under software emulation a compressed module costs more than its size.
find "$root/usr/lib/modules" -name '*.ko.xz' -exec xz --decompress {} +
kernel=$(ls "$root/usr/lib/modules")
chroot "$root" depmod "$kernel"
chroot "$root" update-initramfs -u -k "$kernel"

# As grub-install does: the modules that the generated grub.cfg asks for, and the loader for the removable path.
mkdir -p "$root/boot/grub/x86_64-efi"
cp "$root"/usr/lib/grub/x86_64-efi/*.mod "$root"/usr/lib/grub/x86_64-efi/*.lst "$root/boot/grub/x86_64-efi/"
sed "s/@KERNEL@/$kernel/g" "$TESTBED_RECIPE/grub-first-boot.cfg" >"$root/boot/grub/grub.cfg"
cp "$TESTBED_RECIPE/grub-embedded.cfg" "$root/tmp/grub-embedded.cfg"
chroot "$root" grub-mkimage -O x86_64-efi -p /boot/grub -c /tmp/grub-embedded.cfg -o /boot/grub/BOOTX64.EFI \
  part_gpt ext2 fat normal linux configfile search search_label serial terminal echo test gzio ls
rm "$root/tmp/grub-embedded.cfg"

# Units that a node has no use for; each costs up to a second of the boot under emulation.
for unit in systemd-udev-settle.service getty.target getty@tty1.service serial-getty@ttyS0.service \
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
  fstrim.timer man-db.timer systemd-tmpfiles-clean.timer systemd-pstore.service systemd-update-utmp.service \
  systemd-random-seed.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount sys-kernel-debug.mount \
  sys-kernel-tracing.mount dev-hugepages.mount dev-mqueue.mount systemd-hwdb-update.service \
  systemd-journal-catalog-update.service ldconfig.service systemd-firstboot.service systemd-machine-id-commit.service \
  systemd-timesyncd.service systemd-networkd-wait-online.service systemd-logind.service systemd-user-sessions.service \
  systemd-rfkill.socket rdma-hw.target rdma-ndd.service iwpmd.service apparmor.service keyboard-setup.service \
  console-setup.service systemd-sysusers.service systemd-journal-flush.service modprobe@drm.service \
  modprobe@efi_pstore.service modprobe@fuse.service modprobe@configfs.service modprobe@loop.service \
  systemd-boot-random-seed.service systemd-tpm2-setup.service systemd-tpm2-setup-early.service systemd-pcrphase.service \
  systemd-pcrmachine.service systemd-pcrextend.socket systemd-mountfsd.socket systemd-nsresourced.socket \
  systemd-userdbd.socket tpm2.target grub-common.service systemd-network-generator.service systemd-update-done.service systemd-udev-load-credentials.service \
  dbus.service dbus.socket polkit.service logrotate.timer libvirt-guests.service libvirtd-ro.socket libvirtd-admin.socket \
  virtlogd-admin.socket systemd-machined.service machines.target var-lib-machines.mount systemd-importd.socket \
  qemu-vmsr-helper.socket; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
chroot "$root" systemctl set-default multi-user.target
chroot "$root" systemctl enable testbed-seed.service systemd-networkd.service ssh.service docker.socket
# Started by their first use, so that ssh does not wait for them.
chroot "$root" systemctl disable docker.service containerd.service libvirtd.service virtlogd.service ssh.socket \
  systemd-networkd-wait-online.service
# After the line above, which takes the socket off with its service; enabling would ask for the sockets masked here.
mkdir -p "$root/etc/systemd/system/sockets.target.wants"
ln -sf /usr/lib/systemd/system/libvirtd.socket "$root/etc/systemd/system/sockets.target.wants/libvirtd.socket"

rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/*.log "$root"/var/log/apt
