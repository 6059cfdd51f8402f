#!/bin/sh
# Gives an adapter its number of virtual functions. Installed on the host and run at every boot, since the count does not
# outlive one.
# Usage: virtual-functions.sh PCI-ADDRESS COUNT AUTOPROBE     AUTOPROBE: 1 = the host binds its driver to them, 0 = not
set -eu
device=/sys/bus/pci/devices/$1
waited=0
until [ -e "$device/sriov_numvfs" ] && [ -e "$device/driver" ]; do
  waited=$((waited + 1))
  if [ "$waited" -gt 60 ]; then
    echo "$1 has no driver with virtual functions after 60 s" >&2
    exit 1
  fi
  sleep 1
done
# A virtual function has no link while the adapter's own network device is down.
for network in "$device"/net/*; do
  if [ -e "$network" ]; then
    /sbin/ip link set dev "${network##*/}" up
  fi
done
read -r current <"$device/sriov_numvfs"
read -r autoprobe <"$device/sriov_drivers_autoprobe"
if [ "$current" != "$2" ] || [ "$autoprobe" != "$3" ]; then
  # The kernel changes a count only from or to zero, and binds drivers when functions appear.
  if [ "$current" != 0 ]; then
    echo 0 >"$device/sriov_numvfs"
  fi
  echo "$3" >"$device/sriov_drivers_autoprobe"
  if [ "$2" != 0 ]; then
    echo "$2" >"$device/sriov_numvfs"
  fi
fi
