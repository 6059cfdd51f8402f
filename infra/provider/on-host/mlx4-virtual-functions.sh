#!/bin/sh
# Loads the mlx4 driver anew, so that it takes its number of virtual functions from /etc/modprobe.d. Run once after that
# file changed; at boot the driver reads the file by itself, from the initial RAM disk when it is loaded there.
set -eu
PATH=$PATH:/usr/sbin:/sbin
for module in mlx4_ib mlx4_en mlx4_core; do
  if [ -e "/sys/module/$module" ]; then
    modprobe -r "$module"
  fi
done
modprobe mlx4_core
if command -v update-initramfs >/dev/null; then
  update-initramfs -u
elif command -v dracut >/dev/null; then
  dracut --force
fi
