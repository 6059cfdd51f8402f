#!/bin/sh
# The passive side of one launch, run inside its environment.
# Arguments: TOKEN DEVICE PORT LIMIT_SECONDS PROGRAM [ARGUMENT...]
# Standard output is the program's own, and so is standard error but for the lines of counters.sh; the exit status is the program's, or that of timeout (124).
# The process id stands in a file of the token's name while it runs, so that stop.sh ends this process and no other.
# Environments hold little besides the benchmarks: beyond the shell only timeout is needed here, and no file is removed.
set -u
umask 077
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
