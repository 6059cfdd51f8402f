#!/bin/sh
# Gives an adapter its number of virtual functions. Installed on the host and run at every boot, since the count does not
# outlive one.
# Usage: virtual-functions.sh PCI-ADDRESS COUNT AUTOPROBE [GUID...]
#   AUTOPROBE: 1 = the host binds its driver to them, 0 = not
#   GUID: of each function of an InfiniBand adapter, as 02:00:00:00:01:00:00:00
set -eu
PATH=$PATH:/usr/sbin:/sbin

# Gives a function its GUID and lets its port follow the adapter's. NVIDIA's drivers have this in sysfs, the kernel's own take it by
# netlink on the adapter's IPoIB device. Arguments: number, GUID.
identify() {
  if [ -e "$device/sriov/$1/node" ]; then
    echo "$2" >"$device/sriov/$1/node"
    echo "$2" >"$device/sriov/$1/port"
    echo Follow >"$device/sriov/$1/policy"
    return
  fi
  for network in "$device"/net/*; do
    if [ -e "$network" ]; then
      ip link set dev "${network##*/}" vf "$1" node_guid "$2"
      ip link set dev "${network##*/}" vf "$1" port_guid "$2"
      ip link set dev "${network##*/}" vf "$1" state auto
      return
    fi
  done
  echo "${device##*/} has no IPoIB device to give its functions GUIDs by; load ib_ipoib" >&2
  exit 1
}

# A driver takes the GUID when it binds: one that is bound already is bound anew. A guest's is left to the guest. Arguments: number,
# AUTOPROBE.
rebind() {
  function=$(readlink -f "$device/virtfn$1")
  driver=$(readlink -f "$function/driver" || :)
  case ${driver##*/} in
  '' | driver) ;;
  vfio-pci) return ;;
  *) echo "${function##*/}" >"$driver/unbind" ;;
  esac
  if [ "$2" = 1 ]; then
    echo "${function##*/}" >/sys/bus/pci/drivers_probe
  fi
}

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
    ip link set dev "${network##*/}" up
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
if [ $# -gt 3 ]; then
  number=0
  autoprobe=$3
  shift 3
  for guid do
    identify "$number" "$guid"
    rebind "$number" "$autoprobe"
    number=$((number + 1))
  done
fi
