#!/bin/sh
# Sets up, inside a guest, the device that it was given. Doing it again changes nothing. Ends with one sentence on failure.
# Usage: guest-fabric.sh up MAC-ADDRESS ADDRESS PREFIX-LENGTH MTU RDMA-DEVICE SOFT-ROCE
#   RDMA-DEVICE: name for the soft-RoCE device; where SOFT-ROCE is no, what the driver made is found out
#   MTU 0: whatever it has
# Prints "network-device NAME", "rdma-device NAME" and "changed yes|no".
# Sent after common.sh. In a guest on an emulated node each process costs a second: there are as few as can be.
set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
[ "$1" = up ] || exit 2
mac=$2
address=$3
prefix_length=$4
mtu=$5
rdma=$6
soft=$7
wait_seconds=300
changed=no

# Sets $network to the network device that was given. Of an InfiniBand device's address only the last 8 bytes, its GUID, are the
# same from time to time.
find_given() {
  guid=${mac#??:??:??:??:??:??:??:??:??:??:??:??:}
  for entry in /sys/class/net/*; do
    if [ -e "$entry/device" ] && read -r found <"$entry/address"; then
      case $found in
      "$mac" | ??:??:??:??:??:??:??:??:??:??:??:??:"$guid")
        network=${entry##*/}
        return 0
        ;;
      esac
    fi
  done
  return 1
}

# Whether the network device is up with its MTU and address. What costs a process is asked last.
is_set_up() {
  read -r flags <"/sys/class/net/$network/flags"
  [ $((flags & 1)) -ne 0 ] || return 1
  read -r now <"/sys/class/net/$network/mtu"
  [ "$mtu" -eq 0 ] || [ "$now" = "$mtu" ] || return 1
  case $(ip -o address show dev "$network") in
  *" $address/$prefix_length "*) return 0 ;;
  *) return 1 ;;
  esac
}

# Sets $rdma to the RDMA device of the function that the network device belongs to.
find_rdma() {
  for entry in "/sys/class/net/$network/device/infiniband"/*; do
    if [ -e "$entry" ]; then
      rdma=${entry##*/}
      return 0
    fi
  done
  return 1
}

await "$wait_seconds" "no network device with address $mac has appeared" find_given
if ! is_set_up; then
  mtu_words=
  [ "$mtu" -eq 0 ] || mtu_words="mtu $mtu"
  said=$(printf '%s\n' "link set dev $network $mtu_words up" "address replace $address/$prefix_length dev $network" | ip -batch - 2>&1) ||
    fail "$network could not be set up as $address/$prefix_length: ${said%%Command failed*}"
  changed=yes
fi
if [ "$soft" = yes ]; then
  [ -e /sys/module/rdma_rxe ] || modprobe rdma_rxe 2>/dev/null || true
  if [ -e "/sys/class/infiniband/$rdma" ]; then
    read -r parent <"/sys/class/infiniband/$rdma/parent"
    if [ "$parent" != "$network" ]; then
      rdma link delete "$rdma"
    fi
  fi
  if [ ! -e "/sys/class/infiniband/$rdma" ]; then
    rdma link add "$rdma" type rxe netdev "$network"
    changed=yes
  fi
else
  await "$wait_seconds" "the driver of $network has made no RDMA device" find_rdma
fi
await "$wait_seconds" "RDMA device $rdma on $network is not active" is_active "$rdma"
echo "network-device $network"
echo "rdma-device $rdma"
echo "changed $changed"
