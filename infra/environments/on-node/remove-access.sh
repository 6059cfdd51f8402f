#!/bin/sh
# Ends the connections to this node's guests and removes the files by which it reaches them. What is gone already is no error.
# Usage: remove-access.sh DIRECTORY SOCKET-DIRECTORY GUEST...
set -eu
directory=$1
sockets=$2
shift 2
for guest do
  ssh -F "$directory/ssh_config" -O exit -- "$guest" >/dev/null 2>&1 || true
  rm -f -- "$sockets/$guest.errors"
done
rm -rf -- "$directory"
# Folders that hold something else stay.
for folder in "${directory%/*}" "${directory%/*/*}" "$sockets" "${sockets%/*}"; do
  rmdir -- "$folder" 2>/dev/null || true
done
