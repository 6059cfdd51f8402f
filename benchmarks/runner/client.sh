#!/bin/sh
# The active side of one launch, run inside its environment.
# Arguments: CONNECT_LIMIT_SECONDS LIMIT_SECONDS PROGRAM [ARGUMENT...]
# perftest's server takes exactly one connection, so nothing may knock to see whether it listens: the program itself is
# begun again while it is refused, which it says before it sends anything. Standard output is the program's; standard error
# and exit status are those of the last try (124: timeout ended it), after one line with the number of tries if it took more.
set -u
connect=$1
limit=$2
shift 2
begun=$(date +%s)
tries=0
exec 3>&1
while :; do
  tries=$((tries + 1))
  said=$(timeout -k 5 "$limit" "$@" 2>&1 1>&3 3>&- </dev/null)
  status=$?
  case "$status:$said" in
    1:*"Couldn't connect to "*) ;;
    *) break ;;
  esac
  [ $(($(date +%s) - begun)) -lt "$connect" ] || break
  sleep 0.1
done
[ "$tries" -eq 1 ] || echo "client.sh: $tries tries to connect" >&2
[ -z "$said" ] || printf '%s\n' "$said" >&2
exit "$status"
