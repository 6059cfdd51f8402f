#!/bin/sh
# Does one thing to a guest from its node and waits for its effect. Doing it again does no harm. Ends with one sentence on
# failure.
# Usage: guest-device.sh VERB DOMAIN [WORD...]
#   start | resume | pause
#   state                                              prints its state as virsh names it
#   attach-device PCI-ADDRESS INDEX|-                  of the adapter; -: the adapter itself
#   detach-device PCI-ADDRESS DRIVER|-                 -: no driver is waited for
#   attach-interface PCI-ADDRESS MAC-ADDRESS           on the adapter's network device
#   detach-interface MAC-ADDRESS
# Sent after common.sh.
set -eu
LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL PATH
verb=$1
domain=$2
shift 2
wait_seconds=120
driver_seconds=60
devices=/sys/bus/pci/devices

call() { virsh -c qemu:///system "$@"; }

# Descriptions of devices go to virsh by a file.
description=
cleanup() {
  if [ -n "$description" ]; then
    rm -f "$description"
  fi
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# Sets $line to how libvirt writes a device of the host: each part of its address with 0x.
find_line() {
  domain_part=${1%%:*}
  rest=${1#*:}
  slot_part=${rest#*:}
  line="<address domain='0x$domain_part' bus='0x${rest%%:*}' slot='0x${slot_part%.*}' function='0x${slot_part#*.}'/>"
}

write_hostdev() {
  find_line "$1"
  description=$(mktemp /run/testbed-device.XXXXXX)
  cat >"$description" <<XML
<hostdev mode='subsystem' type='pci' managed='yes'>
  <driver name='vfio'/>
  <source>$line</source>
</hostdev>
XML
}

write_interface() {
  description=$(mktemp /run/testbed-device.XXXXXX)
  cat >"$description" <<XML
<interface type='direct'>
  <mac address='$1'/>
  <source dev='$2' mode='bridge'/>
  <model type='virtio'/>
</interface>
XML
}

# Whether the guest has a device, by a line of its live description.
has_line() {
  live=$(call dumpxml "$domain") || fail "libvirt does not describe $domain"
  case $live in
  *"$1"*) return 0 ;;
  *) return 1 ;;
  esac
}

has_driver() { [ -e "$devices/$1/driver" ] && [ -e "/sys/bus/pci/drivers/$2/$1" ]; }

# Asks the guest to let a device go until it has: detach NAME WORD-OF-VIRSH... One that was just given to it does not hear the
# first time.
detach() {
  name=$1
  shift
  begun=$(date +%s)
  asked=0
  said=
  while :; do
    now=$(date +%s)
    [ $((now - begun)) -le "$wait_seconds" ] || fail "$domain does not let $name go after $wait_seconds s${said:+ ($said)}; restart it with virsh destroy $domain"
    if [ "$asked" -eq 0 ] || [ $((now - asked)) -ge 20 ]; then
      # Asked twice it says that the device is going already, and asked after that that there is none.
      said=$(call "$@" --live 2>&1 >/dev/null) || true
      asked=$(date +%s)
    fi
    has_line "$line" || return 0
    sleep 1
  done
}

case $verb in
start) call start "$domain" >/dev/null ;;
resume) call resume "$domain" >/dev/null ;;
pause) call suspend "$domain" >/dev/null ;;
state) call domstate "$domain" ;;
attach-device)
  function=$1
  if [ "$2" != - ]; then
    [ -e "$devices/$1/virtfn$2" ] || fail "$1 has no virtual function $2"
    function=$(readlink -f "$devices/$1/virtfn$2")
    function=${function##*/}
  fi
  modprobe -q vfio-pci || true
  write_hostdev "$function"
  call attach-device "$domain" "$description" --live >/dev/null
  ;;
detach-device)
  write_hostdev "$1"
  detach "$1" detach-device "$domain" "$description"
  if [ "$2" != - ]; then
    await "$driver_seconds" "$1 left $domain and did not come back to its driver $2" has_driver "$1" "$2"
  fi
  ;;
attach-interface)
  network=
  find_network "$devices/$1" || fail "$1 has no network device"
  write_interface "$2" "$network"
  call attach-device "$domain" "$description" --live >/dev/null
  ;;
detach-interface)
  line="<mac address='$1'/>"
  detach "$1" detach-interface "$domain" direct --mac "$1"
  ;;
*) fail "guest-device.sh knows no $verb" ;;
esac
