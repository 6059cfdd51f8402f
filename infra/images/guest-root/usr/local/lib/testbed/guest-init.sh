#!/bin/sh
# What a guest needs beside its operating system. Run in the lean guest by its init and in cloud images by cloud-init; it may
# be run again at any time.
#
# Settings, from the environment or else from lines KEY=VALUE of /etc/testbed-guest.conf:
#   PACKAGES      packages of the platform to install, separated by spaces; default none
#   IVSHMEM       yes: the guest has a shared-memory device that the benchmarks may use; default no
#   DRIVERS       inbox: the kernel's own RDMA drivers; ofed: those of OFED_SOURCE; default inbox
#   OFED_SOURCE   archive (.tgz) of the OFED distribution: URL or absolute path
#   OFED_SHA256   digest that the archive must have
#   SOFT_ROCE     yes: soft-RoCE can be put on a network device; default no
# Each step appends `ok STEP DETAIL` or `failed STEP REASON` to /run/testbed-guest/status; the last line is `ready` or
# `failed`, as is the exit status. A failed step ends the run.
set -u
configuration=/etc/testbed-guest.conf
status=/run/testbed-guest/status
keep=/var/lib/testbed-guest

newline='
'

# Takes settings from the configuration that the environment does not have. Under two layers of emulation each process costs up
# to a second: the shell does what it can by itself.
read_configuration() {
  if [ -r "$configuration" ]; then
    while IFS='=' read -r key value; do
      case $key in
        PACKAGES) PACKAGES=${PACKAGES:-$value} ;;
        IVSHMEM) IVSHMEM=${IVSHMEM:-$value} ;;
        DRIVERS) DRIVERS=${DRIVERS:-$value} ;;
        OFED_SOURCE) OFED_SOURCE=${OFED_SOURCE:-$value} ;;
        OFED_SHA256) OFED_SHA256=${OFED_SHA256:-$value} ;;
        SOFT_ROCE) SOFT_ROCE=${SOFT_ROCE:-$value} ;;
      esac
    done <"$configuration"
  fi
  PACKAGES=${PACKAGES:-}
  IVSHMEM=${IVSHMEM:-no}
  DRIVERS=${DRIVERS:-inbox}
  OFED_SOURCE=${OFED_SOURCE:-}
  OFED_SHA256=${OFED_SHA256:-}
  SOFT_ROCE=${SOFT_ROCE:-no}
}

# Refuses what is neither yes nor no. Arguments: name, value.
check_answer() {
  case $2 in
    yes | no) ;;
    *)
      echo "$1 must be yes or no, not $2"
      return 1
      ;;
  esac
}

# Whether a file's first line is a text. Arguments: file, text.
says() {
  read -r line <"$1" && [ "$line" = "$2" ]
}

has_group() {
  while IFS=: read -r group _; do
    [ "$group" != "$1" ] || return 0
  done </etc/group
  return 1
}

install_packages() {
  if [ -z "$PACKAGES" ]; then
    echo 'none asked for'
    return
  fi
  # The list is split into words on purpose.
  # shellcheck disable=SC2086
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update && apt-get -q install -y --no-install-recommends $PACKAGES
  elif command -v dnf >/dev/null; then
    dnf -q install -y --setopt=install_weak_deps=False $PACKAGES
  else
    echo "there is neither apt-get nor dnf to install $PACKAGES"
    return 1
  fi || return
  echo "$PACKAGES"
}

# Lets members of the group benchmark map the shared-memory device (BAR 2 of 1af4:1110).
prepare_ivshmem() {
  check_answer IVSHMEM "$IVSHMEM" || return
  if [ "$IVSHMEM" = no ]; then
    echo 'not asked for'
    return
  fi
  for device in /sys/bus/pci/devices/*; do
    says "$device/vendor" 0x1af4 && says "$device/device" 0x1110 && break
    device=
  done
  if [ -z "$device" ]; then
    echo 'there is no shared-memory device (PCI 1af4:1110)'
    return 1
  fi
  if ! has_group benchmark; then
    if command -v groupadd >/dev/null; then
      groupadd --system benchmark || return
    else
      echo 'benchmark:x:900:' >>/etc/group || return
    fi
  fi
  chgrp benchmark "$device/resource2" && chmod 0660 "$device/resource2" || return
  # The kernel counts: enabling twice would leave the device on when one user is done.
  ! says "$device/enable" 0 || echo 1 >"$device/enable" || return
  {
    read -r _
    read -r _
    read -r first last _
  } <"$device/resource"
  echo "${device##*/} $((last - first + 1)) bytes"
}

# Fetches and checks the OFED archive; prints its path.
fetch_ofed() {
  source=$OFED_SOURCE
  sum=$OFED_SHA256
  if [ -z "$source" ] || [ -z "$sum" ]; then
    echo 'DRIVERS=ofed needs OFED_SOURCE and OFED_SHA256' >&2
    return 1
  fi
  case $source in
    /*) archive=$source ;;
    *)
      archive=$keep/ofed.tgz
      mkdir -p "$keep"
      if command -v curl >/dev/null; then
        curl -fsSL -o "$archive" "$source"
      else
        wget -q -O "$archive" "$source"
      fi || return
      ;;
  esac
  if ! echo "$sum  $archive" | sha256sum -c - >/dev/null 2>&1; then
    echo "$source has not the SHA-256 $sum" >&2
    return 1
  fi
  echo "$archive"
}

install_ofed() {
  sum=$OFED_SHA256
  if [ -n "$sum" ] && [ "$(cat "$keep/ofed.installed" 2>/dev/null)" = "$sum" ]; then
    echo "OFED $sum is installed"
    return
  fi
  archive=$(fetch_ofed) || return
  rm -rf "$keep/ofed"
  mkdir -p "$keep/ofed"
  tar -xzf "$archive" -C "$keep/ofed" --strip-components=1 || return
  if [ ! -x "$keep/ofed/mlnxofedinstall" ]; then
    echo 'the OFED archive has no mlnxofedinstall'
    return 1
  fi
  "$keep/ofed/mlnxofedinstall" --force --without-fw-update --add-kernel-support || return
  /etc/init.d/openibd restart || return
  echo "$sum" >"$keep/ofed.installed"
  rm -rf "$keep/ofed"
  echo "OFED $sum"
}

prepare_drivers() {
  case $DRIVERS in
    inbox) ;;
    ofed) install_ofed || return ;;
    *)
      echo "DRIVERS must be inbox or ofed, not $DRIVERS"
      return 1
      ;;
  esac
  modprobe -a ib_uverbs rdma_ucm && echo "$DRIVERS: ib_uverbs and rdma_ucm are loaded"
}

prepare_soft_roce() {
  check_answer SOFT_ROCE "$SOFT_ROCE" || return
  if [ "$SOFT_ROCE" = no ]; then
    echo 'not asked for'
    return
  fi
  modprobe rdma_rxe && echo 'rdma_rxe is loaded'
}

# Verbs pin memory: sessions need a limit that does not end them.
raise_memlock() {
  # Every shell of the guests knows it: dash, bash and busybox.
  # shellcheck disable=SC3045
  limit=$(ulimit -l)
  if [ -d /etc/security/limits.d ]; then
    echo '* - memlock unlimited' >/etc/security/limits.d/90-testbed.conf &&
      echo 'root - memlock unlimited' >>/etc/security/limits.d/90-testbed.conf &&
      echo 'unlimited for new sessions'
  elif [ "$limit" = unlimited ]; then
    echo 'unlimited'
  else
    echo "the limit is $limit KiB, and there is no /etc/security/limits.d to raise it"
    return 1
  fi
}

# Runs one step; its last line of output is the detail in the status. Arguments: name, function.
step() {
  if output=$("$2" 2>&1); then
    echo "ok $1 ${output##*"$newline"}" >>"$status"
  else
    echo "failed $1 ${output##*"$newline"}" >>"$status"
    echo 'failed' >>"$status"
    echo "$output" >&2
    exit 1
  fi
}

mkdir -p "${status%/*}"
: >"$status"
read_configuration
step packages install_packages
step ivshmem prepare_ivshmem
step drivers prepare_drivers
step soft-roce prepare_soft_roce
step memlock raise_memlock
echo 'ready' >>"$status"
