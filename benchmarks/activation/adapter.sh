#!/bin/sh
# Does one thing to a node's adapter and waits for its effect. Doing it again does no harm. Ends with one sentence on failure.
# Usage: adapter.sh VERB PCI-ADDRESS MEMORY-FILE [WORD...]
#   stop-driver-probing
#   bind-adapter
#   remember-network
#   restore-network
#   set-virtual-functions COUNT
#   release-virtual-function INDEX
#   bind-virtual-function INDEX
#   set-virtual-function-mac INDEX MAC-ADDRESS
#   virtual-function-network INDEX ADDRESS PREFIX-LENGTH
#   add-soft-roce RDMA-DEVICE INDEX|-                   -: on the adapter itself
#   remove-soft-roce RDMA-DEVICE
# Sent after common.sh.
set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
verb=$1
address=$2
memory=$3
shift 3
device=/sys/bus/pci/devices/$address
wait_seconds=60

is_named() { find_network "$device" && [ "$network" = "$1" ]; }

# Sets $function to the folder of a virtual function.
find_virtual() {
  function=$device/virtfn$1
  [ -e "$function" ] || fail "$address has no virtual function $1"
  function=$(readlink -f "$function")
}

unbind() {
  if [ -e "$1/driver" ]; then
    echo "${1##*/}" >"$1/driver/unbind" || fail "${1##*/} could not be taken from its driver"
  fi
  echo >"$1/driver_override"
}

# Has the kernel look for a driver. Its module may not be loaded yet.
probe() {
  read -r alias <"$1/modalias"
  modprobe -q "$alias" || true
  echo "${1##*/}" >/sys/bus/pci/drivers_probe || fail "the kernel found no driver for ${1##*/}"
}

case $verb in
stop-driver-probing)
  echo 0 >"$device/sriov_drivers_autoprobe"
  ;;
bind-adapter)
  unbind "$device"
  probe "$device"
  await "$wait_seconds" "$address has no network device" find_network "$device"
  ;;
remember-network)
  find_network "$device" || fail "$address has no network device that could be remembered"
  folder=${memory%/*}
  mkdir -p "$folder"
  draft=$(mktemp "$folder/.adapter-network.XXXXXX")
  read -r mac <"/sys/class/net/$network/address"
  read -r mtu <"/sys/class/net/$network/mtu"
  read -r flags <"/sys/class/net/$network/flags"
  {
    echo "device $network"
    echo "mac $mac"
    echo "mtu $mtu"
    echo "up $((flags & 1))"
    ip -o address show dev "$network" scope global | while read -r _ _ family value rest; do
      case "$family $rest" in
      # What routers and DHCP give comes back by itself; set by hand it would never end.
      *" dynamic "*) ;;
      *) echo "address $value" ;;
      esac
    done
  } >"$draft"
  # Half a memory is worse than none: the file is whole or not there.
  mv -f "$draft" "$memory"
  ;;
restore-network)
  await "$wait_seconds" "$address has no network device" find_network "$device"
  if [ -e "$memory" ]; then
    wanted=
    while read -r key value; do
      if [ "$key" = device ]; then
        wanted=$value
      fi
    done <"$memory"
    # udev names devices a moment after they appear.
    if ! is_named "$wanted" && command -v udevadm >/dev/null; then
      udevadm settle --timeout="$wait_seconds" || true
    fi
    if ! is_named "$wanted"; then
      ip link set dev "$network" down
      ip link set dev "$network" name "$wanted"
      network=$wanted
    fi
    while read -r key value; do
      case $key in
      mac)
        read -r now <"/sys/class/net/$network/address"
        # An InfiniBand device has no address that could be set.
        if [ "$now" != "$value" ] && [ "${#value}" -eq 17 ]; then
          ip link set dev "$network" down
          ip link set dev "$network" address "$value"
        fi
        ;;
      mtu)
        read -r now <"/sys/class/net/$network/mtu"
        if [ "$now" != "$value" ]; then
          ip link set dev "$network" mtu "$value"
        fi
        ;;
      esac
    done <"$memory"
  fi
  # Without that its virtual functions have no link, whatever it was like before.
  ip link set dev "$network" up
  if [ -e "$memory" ]; then
    # IPv6 addresses go when a device goes down, so addresses are last.
    while read -r key value; do
      if [ "$key" = address ]; then
        ip address replace "$value" dev "$network"
      fi
    done <"$memory"
    rm -f "$memory"
  fi
  ;;
set-virtual-functions)
  read -r count <"$device/sriov_numvfs"
  echo 0 >"$device/sriov_drivers_autoprobe"
  if [ "$count" != "$1" ]; then
    # The kernel changes a count only from or to zero.
    if [ "$count" != 0 ]; then
      echo 0 >"$device/sriov_numvfs"
    fi
    if [ "$1" != 0 ]; then
      echo "$1" >"$device/sriov_numvfs"
    fi
  fi
  read -r count <"$device/sriov_numvfs"
  [ "$count" = "$1" ] || fail "$address has $count virtual functions instead of $1"
  ;;
release-virtual-function)
  find_virtual "$1"
  unbind "$function"
  ;;
bind-virtual-function)
  find_virtual "$1"
  unbind "$function"
  # The kernel binds nothing to a virtual function, not even when asked to, unless the adapter lets it.
  echo 1 >"$device/sriov_drivers_autoprobe"
  trap 'echo 0 >"$device/sriov_drivers_autoprobe"' EXIT
  probe "$function"
  await "$wait_seconds" "virtual function $1 of $address has no network device" find_network "$function"
  ;;
set-virtual-function-mac)
  find_network "$device" || fail "$address has no network device to set a virtual function's address by"
  ip link set dev "$network" vf "$1" mac "$2"
  ;;
virtual-function-network)
  find_network "$device" || fail "$address has no network device"
  read -r mtu <"/sys/class/net/$network/mtu"
  find_virtual "$1"
  await 10 "virtual function $1 of $address has no network device that comes up" take_up "$function" "$mtu"
  ip address replace "$2/$3" dev "$network"
  ;;
add-soft-roce)
  if [ "$2" = - ]; then
    function=$device
  else
    find_virtual "$2"
  fi
  find_network "$function" || fail "${function##*/} has no network device"
  modprobe -q rdma_rxe || true
  if [ -e "/sys/class/infiniband/$1" ]; then
    read -r parent <"/sys/class/infiniband/$1/parent"
    if [ "$parent" != "$network" ]; then
      rdma link delete "$1"
    fi
  fi
  if [ ! -e "/sys/class/infiniband/$1" ]; then
    rdma link add "$1" type rxe netdev "$network"
  fi
  await "$wait_seconds" "soft-RoCE device $1 on $network is not active" is_active "$1"
  ;;
remove-soft-roce)
  if [ -e "/sys/class/infiniband/$1" ]; then
    rdma link delete "$1"
  fi
  ;;
*) fail "adapter.sh knows no $verb" ;;
esac
