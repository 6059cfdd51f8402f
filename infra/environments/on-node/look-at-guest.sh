#!/bin/sh
# Says how far a guest's boot is: `running` or `gone`, then the last thing that its init said on the console, if anything.
# Waits for its end, looking each second from where the console is: on an emulated node, a login costs the guest more time
# than many looks. Cheap, as it looks again and again: libvirt itself is not asked.
# Usage: look-at-guest.sh DOMAIN CONSOLE-FILE SECONDS     SECONDS: how long it waits at most
set -eu

state_of() {
  for folder in /run/libvirt/qemu /var/run/libvirt/qemu; do
    if [ -r "$folder/$1.pid" ]; then
      read -r process <"$folder/$1.pid" || [ -n "$process" ]
      if [ -d "/proc/$process" ]; then
        echo running
        return
      fi
    fi
  done
  echo gone
}

left=$3
while :; do
  state=$(state_of "$1")
  said=
  if [ -r "$2" ]; then
    said=$(grep -a -o 'testbed-guest: [^[:cntrl:]]*' "$2" | tail -n 1)
  fi
  case $state:$said in
    gone:* | *': ready'* | *': failed'*) break ;;
  esac
  [ "$left" -gt 0 ] || break
  left=$((left - 1))
  sleep 1
done
printf '%s\n' "$state"
[ -z "$said" ] || printf '%s\n' "$said"
