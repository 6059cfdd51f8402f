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

# Prints the setting of one name, or its default. Arguments: name, value in the environment, default.
setting() {
  found=$2
  if [ -z "$found" ] && [ -r "$configuration" ]; then
    found=$(sed -n "s/^$1=//p" "$configuration" | tail -n 1)
  fi
  echo "${found:-$3}"
}

# Prints the answer yes or no of one setting. Same arguments as setting.
answer() {
  given=$(setting "$@")
  case $given in
    yes | no) echo "$given" ;;
    *)
      echo "$1 must be yes or no, not $given" >&2
      return 1
      ;;
  esac
}

# Prints a file's first line.
line_of() {
  read -r line <"$1" && echo "$line"
}

install_packages() {
  packages=$(setting PACKAGES "${PACKAGES:-}" '')
  if [ -z "$packages" ]; then
    echo 'none asked for'
    return
  fi
  # The list is split into words on purpose.
  # shellcheck disable=SC2086
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update && apt-get -q install -y --no-install-recommends $packages
  elif command -v dnf >/dev/null; then
    dnf -q install -y --setopt=install_weak_deps=False $packages
  else
    echo "there is neither apt-get nor dnf to install $packages"
    return 1
  fi || return
  echo "$packages"
}

# Lets members of the group benchmark map the shared-memory device (BAR 2 of 1af4:1110).
prepare_ivshmem() {
  wanted=$(answer IVSHMEM "${IVSHMEM:-}" no) || return
  if [ "$wanted" = no ]; then
    echo 'not asked for'
    return
  fi
  for device in /sys/bus/pci/devices/*; do
    [ "$(line_of "$device/vendor")" = 0x1af4 ] && [ "$(line_of "$device/device")" = 0x1110 ] && break
    device=
  done
  if [ -z "$device" ]; then
    echo 'there is no shared-memory device (PCI 1af4:1110)'
    return 1
  fi
  if ! grep -q '^benchmark:' /etc/group; then
    if command -v groupadd >/dev/null; then
      groupadd --system benchmark || return
    else
      echo 'benchmark:x:900:' >>/etc/group || return
    fi
  fi
  chgrp benchmark "$device/resource2" && chmod 0660 "$device/resource2" || return
  # The kernel counts: enabling twice would leave the device on when one user is done.
  [ "$(line_of "$device/enable")" != 0 ] || echo 1 >"$device/enable" || return
  echo "${device##*/} $(stat -c %s "$device/resource2") bytes"
}

# Fetches and checks the OFED archive; prints its path.
fetch_ofed() {
  source=$(setting OFED_SOURCE "${OFED_SOURCE:-}" '')
  sum=$(setting OFED_SHA256 "${OFED_SHA256:-}" '')
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
  sum=$(setting OFED_SHA256 "${OFED_SHA256:-}" '')
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
  kind=$(setting DRIVERS "${DRIVERS:-}" inbox)
  case $kind in
    inbox) ;;
    ofed) install_ofed || return ;;
    *)
      echo "DRIVERS must be inbox or ofed, not $kind"
      return 1
      ;;
  esac
  modprobe -a ib_uverbs rdma_ucm && echo "$kind: ib_uverbs and rdma_ucm are loaded"
}

prepare_soft_roce() {
  wanted=$(answer SOFT_ROCE "${SOFT_ROCE:-}" no) || return
  if [ "$wanted" = no ]; then
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
    echo "ok $1 $(echo "$output" | tail -n 1)" >>"$status"
  else
    echo "failed $1 $(echo "$output" | tail -n 1)" >>"$status"
    echo 'failed' >>"$status"
    echo "$output" >&2
    exit 1
  fi
}

mkdir -p "${status%/*}"
: >"$status"
step packages install_packages
step ivshmem prepare_ivshmem
step drivers prepare_drivers
step soft-roce prepare_soft_roce
step memlock raise_memlock
echo 'ready' >>"$status"
