#!/bin/sh
# Makes a soft-RoCE device on a network device. Installed on the host and run at every boot.
# Usage: soft-roce.sh RDMA-DEVICE NETWORK-DEVICE
set -eu
PATH=$PATH:/usr/sbin:/sbin
waited=0
until [ -e "/sys/class/net/$2" ]; do
  waited=$((waited + 1))
  if [ "$waited" -gt 60 ]; then
    echo "there is no network device $2 after 60 s" >&2
    exit 1
  fi
  sleep 1
done
modprobe rdma_rxe
ip link set dev "$2" up
if [ -e "/sys/class/infiniband/$1" ]; then
  read -r parent <"/sys/class/infiniband/$1/parent"
  if [ "$parent" = "$2" ]; then
    exit 0
  fi
  rdma link delete "$1"
fi
rdma link add "$1" type rxe netdev "$2"
