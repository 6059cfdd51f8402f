#!/bin/sh
# The active side of one launch, run inside its environment.
# Arguments: TOKEN CONNECT_LIMIT_SECONDS LIMIT_SECONDS PROGRAM [ARGUMENT...]
# perftest's server takes exactly one connection, so nothing may knock to see whether it listens: the program itself is
# begun again while it is refused, which it says before it sends anything. Standard output, standard error and exit status
# are those of the last try (124: timeout ended it); one line before tells the number of tries if it took more than one.
# Environments hold little besides the benchmarks: beyond the shell only timeout, sleep and cat are needed here.
set -u
umask 077
output="${TMPDIR:-/tmp}/$1.output"
connect=$2
limit=$3
shift 3
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
cat "$output"
: >"$output"
[ "$tries" -eq 1 ] || echo "client.sh: $tries tries to connect" >&2
[ -z "$said" ] || printf '%s\n' "$said" >&2
exit "$status"
