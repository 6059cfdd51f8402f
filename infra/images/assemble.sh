#!/bin/sh
# From the installed system's archive to node disk, container root and guest. Runs as root, or as root of a user namespace.
# Arguments: RECIPE, WORK. WORK is a folder with system.tar, userland (folder with the project's own files) and programs.list; it
# gets programs.files, disk.raw, node.qcow2, layer.tar, guest.raw, guest.qcow2, guest-initrd and vmlinuz.
set -eu
recipe=$1
work=$2
mkdir "$work/system"
# Device nodes can't be made in a user namespace; the node's kernel makes its own.
tar --extract --file "$work/system.tar" --directory "$work/system" --numeric-owner --same-permissions --exclude='./dev/*' \
  --exclude=./mpi-headers
rm "$work/system.tar"
cp -R --no-preserve=ownership "$work/userland/." "$work/system/"
# Compiled here and run there: a program asks for the C library's symbols by the version that it was linked with, and an older
# version's symbols stay in every newer C library, but not the other way round.
chroot "$work/system" /usr/bin/testbed_mpi --version >/dev/null || {
  echo "what this machine's gcc makes does not run in the images: its C library must not be newer than theirs:" >&2
  ldd --version | sed -n '1p' >&2
  chroot "$work/system" ldd --version | sed -n '1p' >&2
  exit 1
}
# Some are links in the installed system, and files in container and guest.
while read -r program; do
  chroot "$work/system" readlink -e "$program"
done <"$work/programs.list" >"$work/programs.files"
sh "$recipe/make-container-root.sh" "$work/system" "$work/container" "$work/programs.list"
# The same files give the same bytes: order, owner and times don't come from this build.
tar --create --file "$work/layer.tar" --directory "$work/container" --format=gnu --sort=name --numeric-owner \
  --owner=0 --group=0 --mtime=@0 .
sh "$recipe/make-disk.sh" "$work/system" "$work/disk.raw" "$work/node.qcow2"
sh "$recipe/make-guest-root.sh" "$recipe" "$work/system" "$work/layer.tar" "$work/guest.raw" "$work/guest.qcow2"
sh "$recipe/make-guest-initrd.sh" "$recipe" "$work/system" "$work/guest-initrd"
kernel=$(ls "$work/system/usr/lib/modules")
echo "$kernel" >"$work/kernel-release"
cp "$work/system/boot/vmlinuz-$kernel" "$work/vmlinuz"
rm -rf "$work/system" "$work/container"
