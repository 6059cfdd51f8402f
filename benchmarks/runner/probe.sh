#!/bin/sh
# Says what an environment is made of, run inside it: one "KEY VALUE..." a line.
# Arguments: RDMA_DEVICE RDMA_PORT PROGRAM...
set -u
device=$1
port=$2
shift 2
echo "kernel $(uname -r)"
for tool in timeout sha256sum; do
  command -v "$tool" >/dev/null 2>&1 || echo "no-tool $tool"
done
folder=/sys/class/infiniband/$device/ports/$port
if cd "$folder" 2>/dev/null; then
  echo "link-layer $(cat link_layer)"
  # Tables have up to 1024 entries, nearly all empty: one grep for all of them, and the type of those that are left.
  (cd gids && grep -Hv '^0000:0000:0000:0000:0000:0000:0000:0000$' ./*) | while IFS=: read -r index gid; do
    index=${index#./}
    echo "gid $index $gid $(cat "gid_attrs/types/$index" 2>/dev/null)"
  done
else
  echo "no-device $device $port"
fi
for program in "$@"; do
  if path=$(command -v "$program"); then
    digest=$(sha256sum "$path")
    # perftest ends with status 1 after it has said its version.
    version=$(timeout 10 "$path" -V 2>/dev/null </dev/null | sed -n 's/^Version: //p')
    echo "program $program ${digest%% *} $path ${version:--}"
  else
    echo "no-program $program"
  fi
done
