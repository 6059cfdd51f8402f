#!/bin/sh
# From the installed system's archive to node disk, container root and guest. Runs as root, or as root of a user namespace.
# Arguments: RECIPE, WORK. WORK is a folder with system.tar, userland (folder with the compiled programs) and programs.list; it
# gets disk.raw, node.qcow2, layer.tar, guest.raw, guest.qcow2, guest-initrd and vmlinuz.
set -eu
recipe=$1
work=$2
mkdir "$work/system"
# Device nodes can't be made in a user namespace; the node's kernel makes its own.
tar --extract --file "$work/system.tar" --directory "$work/system" --numeric-owner --same-permissions --exclude='./dev/*'
rm "$work/system.tar"
cp -R --no-preserve=ownership "$work/userland/." "$work/system/"
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
