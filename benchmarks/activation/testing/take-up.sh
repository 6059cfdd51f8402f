#!/bin/sh
# Sent after common.sh by a test: take-up.sh FOLDER, with a device that another program renames at the first try.
set -eu
folder=$1

ip() {
  [ -e "$folder/net/$4" ] || return 1
  if [ "$4" = eth0 ]; then
    mv "$folder/net/eth0" "$folder/net/enp1s16"
    echo "Cannot find device \"eth0\"" >&2
    return 1
  fi
  echo "$*"
}

await 3 "no network device that comes up" take_up "$folder" 9000
