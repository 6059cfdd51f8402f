#!/bin/sh
# Prints what a testbed may change on a host, one fact a line: SECTION, KEY and VALUE, with tabs between. Changes nothing and
# starts nothing; the last line is "end". Shell builtins wherever there is one line a device: on an emulated node each process
# costs a tenth of a second.
# Usage: fingerprint.sh
set -u
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
project=hpc-virtualization-testbed

fact() { printf '%s\t%s\t%s\n' "$1" "$2" "$3"; }

# Sets $value to the first line of a file; empty where there is none.
value_of() {
  value=
  [ -r "$1" ] && read -r value 2>/dev/null <"$1"
  return 0
}

# Sets $target to the last part of where a link to a folder leads.
target_of() {
  target=
  if cd -P "$1" 2>/dev/null; then
    target=${PWD##*/}
    cd / || exit 1
  fi
}

value_of /proc/sys/kernel/random/boot_id
fact host boot-id "$value"
value_of /proc/sys/kernel/osrelease
fact host kernel-release "$value"
value_of /proc/cmdline
fact host kernel-command-line "$value"

for device in /sys/bus/pci/devices/*; do
  [ -e "$device" ] || continue
  value_of "$device/vendor"
  text=$value
  value_of "$device/device"
  text=$text:$value
  value_of "$device/driver_override"
  override=$value
  target_of "$device/driver"
  fact pci "${device##*/}" "$text driver=$target override=$override"
done

for path in /sys/bus/pci/devices/*/sriov_numvfs /sys/bus/pci/devices/*/sriov_drivers_autoprobe \
  /sys/kernel/mm/hugepages/*/nr_hugepages /sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor \
  /sys/class/infiniband/*/node_guid /sys/class/infiniband/*/parent; do
  [ -e "$path" ] || continue
  value_of "$path"
  fact sysfs "$path" "$value"
done
for path in /sys/kernel/iommu_groups/*/type; do
  [ -e "$path" ] || continue
  value_of "$path"
  fact iommu "$path" "$value"
done

if [ -r /proc/modules ]; then
  while read -r name _; do
    fact module "$name" loaded
  done </proc/modules
fi

for device in /sys/class/net/*; do
  [ -e "$device/address" ] || continue
  value_of "$device/address"
  mac=$value
  value_of "$device/mtu"
  mtu=$value
  value_of "$device/operstate"
  kind=virtual
  [ -e "$device/device" ] && kind=physical
  [ -e "$device/device/physfn" ] && kind=virtual-function
  fact network "${device##*/}" "$kind mtu=$mtu state=$value"
  fact mac-address "${device##*/}" "$mac $kind"
done
ip -o address show 2>/dev/null | while read -r _ name family address rest; do
  case $rest in
  *dynamic*) fact address "$name $family $address" dynamic ;;
  *) fact address "$name $family $address" static ;;
  esac
done

# Files that are compared by what is in them, then those of which there may be gigabytes.
list_files() {
  format=$1
  shift
  for root do
    if [ -e "$root" ]; then
      find "$root" -xdev ! -name '*[[:cntrl:]]*' \( -type f -printf "$format" -o -printf 'file\t%p\t%y %m %U:%G %l\n' \) 2>/dev/null
    fi
  done
}
set -- /etc /boot/grub/grub.cfg /boot/grub2/grub.cfg /boot/grub/grubenv /boot/loader/entries \
  "/var/lib/$project" "/run/$project"
list_files 'file\t%p\t%y %m %U:%G %l\n' "$@"
for root do
  if [ -e "$root" ]; then
    find "$root" -xdev -type f ! -name '*[[:cntrl:]]*' -exec sha256sum -- {} + 2>/dev/null
  fi
done | while read -r digest path; do
  fact digest "$path" "$digest"
done
list_files 'file\t%p\t%y %m %U:%G %s bytes of %TY-%Tm-%Td %TH:%TM:%TS\n' /usr/local /dev/shm /var/lib/libvirt/images \
  /var/lib/libvirt/qemu
if [ -e /run/libvirt ]; then
  find /run/libvirt -name '*.xml' -printf 'libvirt\t%p\t%s bytes\n' 2>/dev/null
fi

if [ -e /run/systemd/system ]; then
  systemctl list-unit-files --no-legend --no-pager --plain 2>/dev/null | while read -r name state _; do
    fact unit-file "$name" "$state"
  done
  systemctl list-units --all --type=service,socket,timer --no-legend --no-pager --plain 2>/dev/null |
    while read -r name _ active state _; do
      case $name in
      run-* | user@* | user-runtime-dir@*) ;;
      *) fact unit "$name" "$active $state" ;;
      esac
    done
fi

if command -v dpkg-query >/dev/null; then
  # shellcheck disable=SC2016 # the fields are dpkg's
  dpkg-query -W -f 'package\t${binary:Package}\t${Version} ${db:Status-Abbrev}\n'
elif command -v rpm >/dev/null; then
  rpm -qa --qf 'package\t%{NAME}.%{ARCH}-%{VERSION}-%{RELEASE}\tinstalled\n'
fi

if command -v docker >/dev/null && [ -S /run/docker.sock ] && systemctl --quiet is-active docker.service; then
  docker ps --all --no-trunc --format 'container\t{{.Names}}\t{{.Image}} {{.State}}'
  docker images --all --no-trunc --format 'image\t{{.Repository}}:{{.Tag}} {{.ID}}\tpresent'
fi

for process in /proc/[0-9]*; do
  value_of "$process/comm"
  case $value in
  qemu*)
    guest=$(tr '\000' ' ' 2>/dev/null <"$process/cmdline" | sed -n 's/.* -name \(guest=\)\{0,1\}\([^ ,]*\).*/\2/p')
    fact process "$value ${guest:-without a name}" runs
    ;;
  esac
done
echo end
