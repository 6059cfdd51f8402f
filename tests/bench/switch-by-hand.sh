#!/bin/sh
# Swaps a guest's virtual function for the whole adapter as a person would: no look before, none after. Run on its node.
# Usage: switch-by-hand.sh DOMAIN PCI-ADDRESS ADDRESS/PREFIX-LENGTH RDMA-DEVICE PREFIX...
set -eu
domain=$1
adapter=$2
address=$3
rdma=$4
shift 4
device=/sys/bus/pci/devices/$adapter
function=$(basename "$(readlink -f "$device/virtfn0")")
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT

describe() {
  bus=${1#*:}
  cat <<XML
<hostdev mode='subsystem' type='pci' managed='yes'><driver name='vfio'/>
<source><address domain='0x${1%%:*}' bus='0x${bus%%:*}' slot='0x$(echo "$1" | cut -c9-10)' function='0x${1##*.}'/></source></hostdev>
XML
}

describe "$function" >"$folder/function.xml"
describe "$adapter" >"$folder/adapter.xml"
virsh -q detach-device "$domain" "$folder/function.xml" --live
while virsh -q dumpxml "$domain" | grep -q '<hostdev'; do
  sleep 1
done
rdma link delete "$rdma" 2>/dev/null || true
mac=$(cat "$device"/net/*/address)
echo 0 >"$device/sriov_numvfs"
virsh -q attach-device "$domain" "$folder/adapter.xml" --live
"$@" sh -s -- "$mac" "$address" "$rdma" <<'GUEST'
mac=$1
address=$2
rdma=$3
network=
until [ -n "$network" ]; do
  for entry in /sys/class/net/*; do
    read -r found <"$entry/address"
    [ "$found" != "$mac" ] || network=${entry##*/}
  done
  sleep 1
done
ip link set dev "$network" mtu 9000 up
ip address add "$address" dev "$network"
rdma link add "$rdma" type rxe netdev "$network"
until read -r state <"/sys/class/infiniband/$rdma/ports/1/state" && [ "${state#*: }" = ACTIVE ]; do
  sleep 1
done
GUEST
