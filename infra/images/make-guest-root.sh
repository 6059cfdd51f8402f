#!/bin/sh
# Makes the lean guest's disk: the container's files, busybox, dropbear, kernel modules and the guest's own files.
# Arguments: RECIPE, ROOT (the installed system; files may be made below its tmp), LAYER (the container's layer), DISK (raw,
# made here), QCOW2 (made from DISK).
set -eu
recipe=$1
root=$2
layer=$3
disk=$4
qcow2=$5
kernel=$(ls "$root/usr/lib/modules")
stage=/tmp/guest-root
target=$root$stage
mkdir "$target"
tar --extract --file "$layer" --directory "$target" --numeric-owner --same-permissions

programs=$(sed '/^#/d' "$recipe/guest.programs")
# The list is split into words on purpose.
# shellcheck disable=SC2086
sh "$recipe/copy-programs.sh" "$root" "$target" $programs
for applet in $(chroot "$root" busybox --list-full); do
  name=${applet##*/}
  [ -e "$target/usr/bin/$name" ] || [ -e "$target/usr/sbin/$name" ] && continue
  case $applet in
    sbin/* | usr/sbin/*) ln -s ../bin/busybox "$target/usr/sbin/$name" ;;
    *) ln -s busybox "$target/usr/bin/$name" ;;
  esac
done

paths=$(sh "$recipe/list-modules.sh" "$root" "$recipe/guest.modules" "$recipe/guest-initrd.modules")
for path in $paths; do
  mkdir -p "$target$(dirname "$path")"
  # Without its signature a module loads in half the time under emulation.
  strip --strip-debug -o "$target$path" "$root$path"
done
cp -p "$root/usr/lib/modules/$kernel/modules.builtin" "$root/usr/lib/modules/$kernel/modules.builtin.modinfo" \
  "$root/usr/lib/modules/$kernel/modules.order" "$target/usr/lib/modules/$kernel/"
chroot "$root" depmod --basedir "$stage" "$kernel"

cp -R --no-preserve=ownership "$recipe/guest-root/." "$target/"
# For those who may use the shared memory.
echo 'benchmark:x:900:' >>"$target/etc/group"
echo '/bin/sh' >"$target/etc/shells"
echo '127.0.0.1 localhost' >"$target/etc/hosts"
mkdir -p "$target/run" "$target/var/lib" "$target/var/log" "$target/etc/ssh" "$target/etc/dropbear" "$target/root/.ssh"
chmod 0700 "$target/root" "$target/root/.ssh"
chmod 1777 "$target/tmp"

# Nothing needs a journal or checksums: a guest's disk is thrown away with it, and both only cost time under emulation.
rm -f "$disk"
truncate -s 512M "$disk"
mkfs.ext4 -q -F -L guest -m 0 -N 4096 -O '^has_journal,^metadata_csum,^resize_inode' \
  -E assume_storage_prezeroed=1 -d "$target" "$disk"
qemu-img convert -c -O qcow2 -o compression_type=zstd "$disk" "$qcow2"
rm -rf "$target"
