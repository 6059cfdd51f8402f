#!/bin/sh
# Makes the guest's initrd: busybox, the first program, and the listed modules with all that they need, in loading order.
# Arguments: RECIPE, ROOT (the installed system; files may be made below its tmp), INITRD (made here, not compressed).
set -eu
recipe=$1
root=$2
initrd=$3
stage=/tmp/guest-initrd
target=$root$stage
mkdir -p "$target/bin" "$target/dev" "$target/modules" "$target/root"
cp "$root/usr/bin/busybox" "$target/bin/busybox"
ln -s busybox "$target/bin/sh"
cp "$recipe/guest-initrd/init" "$target/init"
chmod 0755 "$target/init"

paths=$(sh "$recipe/list-modules.sh" "$root" "$recipe/guest-initrd.modules")
number=100
for path in $paths; do
  # Without its signature a module loads in half the time under emulation.
  strip --strip-debug -o "$target/modules/$number-${path##*/}" "$root$path"
  number=$((number + 1))
done

find "$target" -exec touch --no-dereference --date=@0 {} +
chroot "$root" sh -c "cd $stage && find . | LC_ALL=C sort | cpio --quiet --create --format=newc --owner=0:0 --reproducible" \
  >"$initrd"
rm -rf "$target"
