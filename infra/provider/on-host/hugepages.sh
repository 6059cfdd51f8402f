#!/bin/sh
# Sets aside huge pages. Installed on the host and run at every boot.
# Usage: hugepages.sh SIZE-KIB COUNT
set -eu
pool=/sys/kernel/mm/hugepages/hugepages-$1kB/nr_hugepages
echo "$2" >"$pool"
read -r got <"$pool"
if [ "$got" != "$2" ]; then
  echo "the kernel found memory for only $got of $2 huge pages of $1 KiB" >&2
  exit 1
fi
