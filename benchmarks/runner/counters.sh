# shellcheck shell=sh
# Begins server.sh and client.sh.

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
