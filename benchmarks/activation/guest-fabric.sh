#!/bin/sh
# Sets up, inside a guest, the device that it was given. Doing it again changes nothing. Ends with one sentence on failure.
# Usage: guest-fabric.sh up MAC-ADDRESS ADDRESS PREFIX-LENGTH MTU RDMA-DEVICE SOFT-ROCE
#   RDMA-DEVICE: name for the soft-RoCE device; where SOFT-ROCE is no, what the driver made is found out
#   MTU 0: whatever it has
# Prints "network-device NAME", "rdma-device NAME" and "changed yes|no".
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

fail() {
  echo "$*" >&2
  exit 1
}

# Waits for a test to come true: await SENTENCE COMMAND...
await() {
  sentence=$1
  shift
  waited=0
  until "$@"; do
    waited=$((waited + 1))
    [ "$waited" -le "$wait_seconds" ] || fail "$sentence after $wait_seconds s"
    sleep 1
  done
}

# Sets $network. Of an InfiniBand device's address only the last 8 bytes, its GUID, are the same from time to time.
find_network() {
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

is_active() {
  for port in "/sys/class/infiniband/$rdma/ports"/*; do
    if read -r state <"$port/state" && [ "${state#*: }" = ACTIVE ]; then
      return 0
    fi
  done
  return 1
}

await "no network device with address $mac has appeared" find_network
read -r now <"/sys/class/net/$network/mtu"
if [ "$mtu" -ne 0 ] && [ "$now" != "$mtu" ]; then
  ip link set dev "$network" mtu "$mtu"
  changed=yes
fi
read -r flags <"/sys/class/net/$network/flags"
if [ $((flags & 1)) -eq 0 ]; then
  ip link set dev "$network" up
  changed=yes
fi
case $(ip -o address show dev "$network") in
*" $address/$prefix_length "*) ;;
*)
  ip address add "$address/$prefix_length" dev "$network"
  changed=yes
  ;;
esac
if [ "$soft" = yes ]; then
  modprobe rdma_rxe 2>/dev/null || true
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
  await "the driver of $network has made no RDMA device" find_rdma
fi
await "RDMA device $rdma on $network is not active" is_active
echo "network-device $network"
echo "rdma-device $rdma"
echo "changed $changed"
