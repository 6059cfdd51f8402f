#!/bin/sh
# Loads the mlx4 driver anew, so that it takes its number of virtual functions from /etc/modprobe.d. Run once after that
# file changed; at boot the driver reads the file by itself, from the initial RAM disk when it is loaded there.
set -eu
PATH=$PATH:/usr/sbin:/sbin
for module in mlx4_ib mlx4_en mlx4_core; do
  if [ -e "/sys/module/$module" ] && ! modprobe -r "$module"; then
    echo "$module is in use and can't be loaded anew: stop what uses it (a subnet manager, mounted storage), or reboot" >&2
    modprobe -a mlx4_core mlx4_en mlx4_ib
    exit 1
  fi
done
modprobe -a mlx4_core mlx4_ib
if command -v update-initramfs >/dev/null; then
  update-initramfs -u
elif command -v dracut >/dev/null; then
  dracut --force
fi
