#!/bin/sh
# A side that joins an MPI program, run inside its environment.
# Arguments: TOKEN DEVICE PORT LIMIT_SECONDS TCP_PORT COMMAND NAME=VALUE...
# COMMAND is a whole command line: the launcher on the starting side made it for the shell behind an ssh connection.
set -u
umask 077
identity="${TMPDIR:-/tmp}/$1.process"
device=$2
port=$3
limit=$4
mark="-p$5"
command=$6
shift 6
counters before "$device" "$port"
timeout -k 5 "$limit" env "$@" sh -c "$command" "$mark" </dev/null &
child=$!
echo "$child" >"$identity"
trap 'kill -TERM "$child"' HUP INT TERM
wait "$child"
status=$?
counters after "$device" "$port"
: >"$identity"
exit "$status"
