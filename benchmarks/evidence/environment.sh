#!/bin/sh
# Says what an environment is made of, run inside it: one "KEY VALUE..." a line; what can't be read is left out.
# Arguments: RDMA_DEVICE RDMA_PORT [PROGRAM...]
# Environments hold little besides the benchmarks, and on emulated nodes a process costs up to a second: the shell reads
# everything that it can by itself.
set -u
device=$1
port=$2
shift 2

# first KEY FILE: the first line of a file.
first() {
  line=
  { read -r line <"$2"; } 2>/dev/null
  [ -z "$line" ] || printf '%s %s\n' "$1" "$line"
}

# hardware KIND NAME FOLDER: the device of sysfs behind a network or RDMA device.
hardware() {
  [ -r "$3/uevent" ] || return 0
  first "$1-vendor $2" "$3/vendor"
  first "$1-device $2" "$3/device"
  while IFS='=' read -r name value; do
    [ "$name" = DRIVER ] || continue
    echo "$1-driver $2 $value"
    first "$1-driver-version $2" "/sys/module/$value/version"
  done <"$3/uevent"
}

first kernel /proc/sys/kernel/osrelease
first command-line /proc/cmdline
first cpus-online /sys/devices/system/cpu/online
first numa-nodes /sys/devices/system/node/online
first transparent-huge-pages /sys/kernel/mm/transparent_hugepage/enabled
first clock-source /sys/devices/system/clocksource/clocksource0/current_clocksource
first product /sys/class/dmi/id/product_name

# The first processor stands for all; the blank line ends it.
while read -r line; do
  case $line in
    "model name"*) echo "cpu-model ${line#*: }" ;;
    flags* | Features*) echo "cpu-flags ${line#*: }" ;;
    "") break ;;
  esac
done </proc/cpuinfo
for file in /sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor; do
  first governor "$file"
done
for file in /sys/devices/system/cpu/vulnerabilities/*; do
  first "vulnerability ${file##*/}" "$file"
done

while read -r name value _; do
  case $name in
    MemTotal:) echo "memory-kib $value" && break ;;
  esac
done </proc/meminfo
for folder in /sys/kernel/mm/hugepages/hugepages-*; do
  first "huge-pages ${folder##*hugepages-}" "$folder/nr_hugepages"
done
while read -r name value; do
  case $name in
    CapEff:) echo "capabilities $value" ;;
    Cpus_allowed_list:) echo "cpus-allowed $value" ;;
  esac
done </proc/self/status
while read -r one two three soft _; do
  [ "$one $two $three" != "Max locked memory" ] || echo "locked-limit $soft"
done </proc/self/limits

for tool in timeout sleep cat sha256sum; do
  command -v "$tool" >/dev/null || echo "no-tool $tool"
done

infiniband=/sys/class/infiniband/$device
if cd "$infiniband/ports/$port" 2>/dev/null; then
  first link-layer link_layer
  first link-state state
  first link-rate rate
  first firmware "$infiniband/fw_ver"
  # Soft-RoCE names the network device that it stands on, and has no hardware of its own.
  if [ -e "$infiniband/parent" ] || [ ! -e "$infiniband/device" ]; then
    echo "soft-roce yes"
  else
    echo "soft-roce no"
  fi
  hardware rdma "$device" "$infiniband/device"
  # Tables have up to 1024 entries, and the kernel fills the lowest free one: after a long gap there is nothing more.
  networks=
  next=0
  gap=0
  while [ -e "gids/$next" ] && [ "$gap" -lt 32 ]; do
    index=$next
    next=$((next + 1))
    gap=$((gap + 1))
    gid=0000:0000:0000:0000:0000:0000:0000:0000
    { read -r gid <"gids/$index"; } 2>/dev/null
    [ "$gid" != 0000:0000:0000:0000:0000:0000:0000:0000 ] || continue
    gap=0
    type=-
    { read -r type <"gid_attrs/types/$index"; } 2>/dev/null
    network=-
    { read -r network <"gid_attrs/ndevs/$index"; } 2>/dev/null
    echo "gid $index $gid $network $type"
    case " $networks - " in
      *" $network "*) continue ;;
    esac
    networks="$networks $network"
    first "network-mtu $network" "/sys/class/net/$network/mtu"
    hardware network "$network" "/sys/class/net/$network/device"
  done
  if said=$(ibv_devinfo -d "$device" -i "$port" 2>/dev/null </dev/null); then
    mtu=${said#*active_mtu:}
    [ "$mtu" = "$said" ] || echo "path-mtu ${mtu%%(*}"
  fi
fi

# first_line TEXT
first_line() {
  printf '%s\n' "${1%%
*}"
}

programs=$#
for program in "$@"; do
  if path=$(command -v "$program"); then
    echo "program $program $path"
    # perftest ends with status 1 after it has said its version. Others are not asked: an MPI program may want to start ranks.
    said=
    case ${program##*/} in
      ib_* | ivshmem_*) said=$("$path" -V 2>/dev/null </dev/null) ;;
      testbed_* | mpirun) said=$("$path" --version 2>/dev/null </dev/null) ;;
      # Of SPEC's kits: what their tools read, too.
      runspec) first "version $program" "${path%/bin/runspec}/version.txt" ;;
    esac
    case $said in
      "Version: "*) echo "version $program ${said#Version: }" ;;
      "mpirun (Open MPI) "*) echo "version $program $(first_line "${said#"mpirun (Open MPI) "}")" ;;
    esac
    set -- "$@" "$path"
  else
    echo "no-program $program"
  fi
done
shift "$programs"
[ $# -gt 0 ] || exit 0
sha256sum "$@"
# Which packages brought them: a few processes for all, for a process may cost a second.
if command -v dpkg-query >/dev/null; then
  # Lines are PACKAGE: PATH.
  owners=$(dpkg-query --search "$@" 2>/dev/null)
  packages=
  while read -r owner path; do
    [ -n "$path" ] || continue
    echo "owner ${owner%:} $path"
    case " $packages " in
      *" ${owner%:} "*) ;;
      *) packages="$packages ${owner%:}" ;;
    esac
  done <<OWNERS
$owners
OWNERS
  # The list is split into words on purpose.
  # shellcheck disable=SC2086
  [ -z "$packages" ] || dpkg-query --show --showformat 'package ${binary:Package} ${Version}\n' $packages 2>/dev/null
elif command -v rpm >/dev/null; then
  for path in "$@"; do
    said=$(rpm --query --file --queryformat '%{NAME} %{VERSION}-%{RELEASE}' "$path" 2>/dev/null) || continue
    printf 'owner %s %s\npackage %s\n' "${said%% *}" "$path" "$said"
  done
fi
exit 0
