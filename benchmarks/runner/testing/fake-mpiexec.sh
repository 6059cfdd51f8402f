#!/bin/sh
# A stand-in for Hydra's mpiexec with the launcher manual in tests: asks on standard output for a proxy on each host of -hosts, waits
# until all have joined, and prints what comes from standard input, as a program would that copies it. FAKE_MPI_FOLDER is where sides meet.
set -eu
if [ "$1" = proxy ]; then
  touch "$FAKE_MPI_FOLDER/joined.$3"
  while [ ! -e "$FAKE_MPI_FOLDER/done" ]; do sleep 0.1; done
  exit 0
fi
while [ "$1" != -hosts ]; do shift; done
hosts=$2
count=0
IFS=,
for host in $hosts; do
  echo "HYDRA_LAUNCH: $(readlink -f "$0") proxy --proxy-id $count"
  count=$((count + 1))
  : "$host"
done
echo HYDRA_LAUNCH_END
while [ "$count" -gt 0 ]; do
  [ -e "$FAKE_MPI_FOLDER/joined.$((count - 1))" ] || {
    sleep 0.1
    continue
  }
  count=$((count - 1))
done
cat
touch "$FAKE_MPI_FOLDER/done"
