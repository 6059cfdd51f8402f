#!/bin/sh
# The active side of one launch, run inside its environment. Sent after side.sh.
# Arguments: TOKEN DEVICE PORT CONNECT_LIMIT_SECONDS LIMIT_SECONDS PROGRAM [ARGUMENT...]
# perftest's server takes exactly one connection, so nothing may knock to see whether it listens: the program itself is
# begun again while it is refused, which it says before it sends anything. Standard output, standard error and exit status
# are those of the last try (124: timeout ended it); lines before tell the number of tries if it took more than one, and
# what the port counted (side.sh).
# Environments hold little besides the benchmarks: beyond the shell only timeout, sleep and cat are needed here.
set -u
umask 077
output="${TMPDIR:-/tmp}/$1.output"
device=$2
port=$3
connect=$4
limit=$5
shift 5
counters before "$device" "$port"
read -r begun _ </proc/uptime
tries=0
while :; do
  tries=$((tries + 1))
  said=$(timeout -k 5 "$limit" "$@" 2>&1 1>"$output" </dev/null)
  status=$?
  case "$status:$said" in
    1:*"Couldn't connect to "*) ;;
    *) break ;;
  esac
  read -r now _ </proc/uptime
  [ $((${now%.*} - ${begun%.*})) -lt "$connect" ] || break
  sleep 0.1
done
counters after "$device" "$port"
cat "$output"
: >"$output"
[ "$tries" -eq 1 ] || echo "client.sh: $tries tries to connect" >&2
[ -z "$said" ] || printf '%s\n' "$said" >&2
exit "$status"
