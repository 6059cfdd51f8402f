#!/bin/sh
# Functions of adapter.sh, guest-device.sh and guest-fabric.sh: scripts.ts sends it before each of them.

fail() {
  echo "$*" >&2
  exit 1
}

# Waits for a test to come true: await SECONDS SENTENCE COMMAND...
await() {
  await_seconds=$1
  sentence=$2
  shift 2
  waited=0
  until "$@"; do
    waited=$((waited + 1))
    [ "$waited" -le "$await_seconds" ] || fail "$sentence after $await_seconds s"
    sleep 1
  done
}

# Sets $network to the network device of a PCI device, which is named by its folder.
find_network() {
  for entry in "$1"/net/*; do
    if [ -e "$entry" ]; then
      # shellcheck disable=SC2034 # for the caller
      network=${entry##*/}
      return 0
    fi
  done
  return 1
}

# Sets the network device of a PCI device up with an MTU and leaves its name in $network: take_up FOLDER MTU. It fails when udev
# gives the device its other name in between, which can happen until the device is up.
take_up() {
  find_network "$1" && ip link set dev "$network" mtu "$2" up
}

# Whether an RDMA device has a port that is active.
is_active() {
  for port in "/sys/class/infiniband/$1/ports"/*; do
    if read -r state <"$port/state" && [ "${state#*: }" = ACTIVE ]; then
      return 0
    fi
  done
  return 1
}
