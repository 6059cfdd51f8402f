#!/bin/sh
# Says what a node knows of an environment on it, run on the node: one "KEY VALUE..." a line; what can't be read is left out.
# After the line "libvirt" comes what virsh says of itself and of the guest; it is called once, for a call may cost seconds.
# Arguments: ADAPTER VIRTUAL_FUNCTION|- CONTAINER_RUNTIME|- DOMAIN|-
set -u
adapter=/sys/bus/pci/devices/$1
function=$2
runtime=$3
domain=$4

# first KEY FILE: the first line of a file.
first() {
  line=
  { read -r line <"$2"; } 2>/dev/null
  [ -z "$line" ] || printf '%s %s\n' "$1" "$line"
}

first kernel /proc/sys/kernel/osrelease
first command-line /proc/cmdline
for file in /sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor; do
  first governor "$file"
done
[ "$function" = - ] || adapter=$adapter/virtfn$function
first iommu-group-type "$adapter/iommu_group/type"
if [ "$runtime" != - ] && version=$("$runtime" version --format '{{.Server.Version}}' 2>/dev/null </dev/null); then
  echo "container-runtime ${runtime##*/} $version"
fi
if [ "$domain" != - ]; then
  echo libvirt
  virsh -c qemu:///system "version; dumpxml $domain" 2>/dev/null </dev/null
fi
exit 0
