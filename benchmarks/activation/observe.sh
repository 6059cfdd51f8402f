#!/bin/sh
# Says what a node's adapter and its guests are like now: one "KEY VALUE..." a line, and after the line "libvirt" what virsh
# says. Changes nothing.
# Usage: observe.sh PCI-ADDRESS MEMORY-FILE [DOMAIN...]     MEMORY-FILE: what adapter.sh remembers of the network device
# On an emulated node each process costs a tenth of a second and each call of virsh a second or two: the shell reads what it
# can by itself, and virsh is called once.
set -u
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
physical=$1
memory=$2
shift 2
devices=/sys/bus/pci/devices

# Goes where a link of sysfs leads and sets $name to its last part. Status 1: there is no such link.
follow() {
  cd -P -- "$1" 2>/dev/null || return 1
  name=${PWD##*/}
}

show_function() {
  device=$devices/$1
  if follow "$device/driver"; then
    echo "driver $1 $name"
  fi
  for network in "$device"/net/*; do
    if [ -e "$network" ]; then
      read -r flags <"$network/flags"
      read -r mtu <"$network/mtu"
      read -r mac <"$network/address"
      read -r type <"$network/type"
      echo "network $1 ${network##*/} $((flags & 1)) $mtu $mac $type"
    fi
  done
  for rdma in "$device"/infiniband/*; do
    if [ -e "$rdma" ]; then
      echo "rdma $1 ${rdma##*/}"
    fi
  done
  for vfio in "$device"/vfio-dev/*; do
    if [ -e "$vfio" ]; then
      echo "vfio $1 ${vfio##*/}"
    fi
  done
  if follow "$device/iommu_group"; then
    kind=unknown
    if [ -e type ]; then
      read -r kind <./type
    fi
    echo "group $1 $name $kind"
    for member in devices/*; do
      read -r class <"$member/class"
      case $class in
      0x0604*) ;;
      *) echo "member $1 ${member##*/} $class" ;;
      esac
    done
  fi
}

if [ -e "$devices/$physical" ]; then
  echo "adapter $physical"
  show_function "$physical"
  for attribute in sriov_numvfs sriov_totalvfs sriov_drivers_autoprobe; do
    if [ -e "$devices/$physical/$attribute" ]; then
      read -r value <"$devices/$physical/$attribute"
      echo "$attribute $value"
    fi
  done
  for link in "$devices/$physical"/virtfn*; do
    if follow "$link"; then
      echo "virtual ${link##*/virtfn} $name"
      show_function "$name"
    fi
  done
  for network in "$devices/$physical"/net/*; do
    if [ -e "$network" ]; then
      ip link show dev "${network##*/}" | while read -r line; do
        echo "link $line"
      done
    fi
  done
fi
cd /

ip -o address show | while read -r line; do
  echo "address $line"
done
connection=${SSH_CONNECTION:-}
server=${connection#* * }
if [ -n "$server" ]; then
  echo "management ${server%% *}"
fi
for link in /sys/class/net/*/lower_*; do
  if [ -e "$link" ]; then
    upper=${link%/*}
    echo "lower ${upper##*/} ${link##*/lower_}"
  fi
done

for rdma in /sys/class/infiniband/*; do
  if [ -e "$rdma/parent" ]; then
    read -r parent <"$rdma/parent"
    echo "soft ${rdma##*/} $parent"
  fi
done
for verbs in /sys/class/infiniband_verbs/uverbs*; do
  if [ -e "$verbs/ibdev" ]; then
    read -r rdma <"$verbs/ibdev"
    echo "verbs ${verbs##*/} $rdma"
  fi
done

if [ -e "$memory" ]; then
  while read -r line; do
    echo "remembered $line"
  done <"$memory"
fi

# Processes end while this looks at them: what find says of that is of no interest.
find /proc/[0-9]*/fd -maxdepth 1 \( -lname '/dev/infiniband/uverbs*' -o -lname '/dev/vfio/*' \) -printf '%p %l\n' 2>/dev/null |
  while read -r path file; do
    process=${path#/proc/}
    process=${process%%/*}
    if [ -e "/proc/$process/comm" ]; then
      read -r program <"/proc/$process/comm"
      echo "open $process $file $program"
    fi
  done
for domain in "$@"; do
  if [ -e "/run/libvirt/qemu/$domain.pid" ]; then
    read -r process <"/run/libvirt/qemu/$domain.pid"
    echo "guest-process $process"
  fi
done

if [ "$#" -gt 0 ]; then
  commands="list --all"
  for domain in "$@"; do
    commands="$commands; echo === $domain; dumpxml $domain"
  done
  echo libvirt
  virsh -c qemu:///system "$commands" 2>&1
fi
exit 0
