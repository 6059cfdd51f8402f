#!/bin/sh
# Says how far a guest's boot is: `running` or `gone`, then the last thing that its init said on the console, if anything.
# Cheap, as it is asked again and again: libvirt itself is not.
# Usage: look-at-guest.sh DOMAIN CONSOLE-FILE
set -eu
state=gone
for folder in /run/libvirt/qemu /var/run/libvirt/qemu; do
  if [ -r "$folder/$1.pid" ]; then
    read -r process <"$folder/$1.pid" || [ -n "$process" ]
    if [ -d "/proc/$process" ]; then
      state=running
    fi
    break
  fi
done
echo "$state"
if [ -r "$2" ]; then
  grep -a -o 'testbed-guest: [^[:cntrl:]]*' "$2" | tail -n 1 || true
fi
