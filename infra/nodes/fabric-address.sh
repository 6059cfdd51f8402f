#!/bin/sh
# Gives the node's fabric device its address at each boot: the first InfiniBand interface. A node without one is left as it
# is. The address with its prefix length is in /etc/testbed-fabric-address. Run by testbed-fabric-address.service.
set -eu
# ARPHRD_INFINIBAND (include/uapi/linux/if_arp.h)
infiniband=32
address=$(cat /etc/testbed-fabric-address)
for device in /sys/class/net/*; do
  [ "$(cat "$device/type")" = "$infiniband" ] || continue
  ip link set dev "${device##*/}" up
  ip address replace "$address" dev "${device##*/}"
  exit 0
done
echo "testbed-fabric-address: this node has no InfiniBand interface"
