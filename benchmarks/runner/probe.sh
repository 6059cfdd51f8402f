#!/bin/sh
# Says what an environment is made of, run inside it: one "KEY VALUE..." a line.
# Arguments: RDMA_DEVICE RDMA_PORT PROGRAM...
# Environments hold little besides the benchmarks: beyond the shell only what is asked for below is used.
set -u
device=$1
port=$2
shift 2
read -r kernel </proc/sys/kernel/osrelease
echo "kernel $kernel"
for tool in timeout sleep cat sha256sum; do
  command -v "$tool" >/dev/null || echo "no-tool $tool"
done
folder=/sys/class/infiniband/$device/ports/$port
if cd "$folder" 2>/dev/null; then
  read -r layer <link_layer
  echo "link-layer $layer"
  # Tables have up to 1024 entries, nearly all of them empty: the shell reads them itself, without a process for each.
  for entry in gids/*; do
    read -r gid <"$entry" || continue
    [ "$gid" != 0000:0000:0000:0000:0000:0000:0000:0000 ] || continue
    index=${entry#gids/}
    read -r type <"gid_attrs/types/$index" || type=-
    echo "gid $index $gid $type"
  done
else
  echo "no-device $device $port"
fi
for program in "$@"; do
  if path=$(command -v "$program"); then
    digest=$(sha256sum "$path")
    # perftest ends with status 1 after it has said its version.
    said=$(timeout 10 "$path" -V 2>/dev/null </dev/null)
    version=${said#Version: }
    [ "$version" != "$said" ] || version=-
    echo "program $program ${digest%% *} $path $version"
  else
    echo "no-program $program"
  fi
done
