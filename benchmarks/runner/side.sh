# shellcheck shell=sh
# Begins each script of a side of a launch.

# counters WHEN DEVICE PORT: one line on standard error with those counters of an RDMA port that it has. InfiniBand ports and
# most Ethernet ones count words of 4 octets (IBTA, PortXmitData), soft-RoCE counts packets.
counters() {
  counted=
  port_folder=${TESTBED_SYSFS:-/sys}/class/infiniband/$2/ports/$3
  for counter in counters/port_xmit_data counters/port_rcv_data hw_counters/sent_pkts hw_counters/rcvd_pkts; do
    value=
    { read -r value <"$port_folder/$counter"; } 2>/dev/null
    [ -z "$value" ] || counted="$counted ${counter##*/}=$value"
  done
  echo "testbed: counters $1$counted" >&2
}

# run_side TOKEN DEVICE PORT LIMIT_SECONDS PROGRAM [ARGUMENT...]: runs a program with the counters before and after, and exits
# with its status, or that of timeout (124). The process id stands in a file of the token's name while it runs, so that stop.sh
# ends this process and no other. Environments hold little besides the benchmarks: beyond the shell only timeout is needed here,
# and no file is removed.
run_side() {
  identity="${TMPDIR:-/tmp}/$1.process"
  device=$2
  port=$3
  limit=$4
  shift 4
  counters before "$device" "$port"
  timeout -k 5 "$limit" "$@" &
  child=$!
  echo "$child" >"$identity"
  trap 'kill -TERM "$child"' HUP INT TERM
  wait "$child"
  status=$?
  counters after "$device" "$port"
  : >"$identity"
  exit "$status"
}
