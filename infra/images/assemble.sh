#!/bin/sh
# From the installed system's archive to node disk and container root. Runs as root, or as root of a user namespace.
# Arguments: RECIPE, WORK (a folder with system.tar; gets disk.raw, node.qcow2 and layer.tar).
set -eu
recipe=$1
work=$2
mkdir "$work/system"
# Device nodes can't be made in a user namespace; the node's kernel makes its own.
tar --extract --file "$work/system.tar" --directory "$work/system" --numeric-owner --same-permissions --exclude='./dev/*'
rm "$work/system.tar"
sh "$recipe/make-container-root.sh" "$work/system" "$work/container" "$recipe/userland.programs"
# The same files give the same bytes: order, owner and times don't come from this build.
tar --create --file "$work/layer.tar" --directory "$work/container" --format=gnu --sort=name --numeric-owner \
  --owner=0 --group=0 --mtime=@0 .
sh "$recipe/make-disk.sh" "$work/system" "$work/disk.raw" "$work/node.qcow2"
ls "$work/system/usr/lib/modules" >"$work/kernel-release"
rm -rf "$work/system" "$work/container"
