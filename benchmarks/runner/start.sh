#!/bin/sh
# The starting side of an MPI program, run inside its environment.
# Arguments: TOKEN DEVICE PORT LIMIT_SECONDS AGENT_VARIABLE TCP_PORT NAME=VALUE... PROGRAM [ARGUMENT...]
# AGENT_VARIABLE is the environment variable that names what the launcher calls instead of ssh, or -. Standard output is the
# program's own; standard error has the lines of counters.sh and "testbed: join HOST COMMAND" besides. stop.sh knows the
# process by the TCP port, which is nothing but a number here.
set -u
umask 077
identity="${TMPDIR:-/tmp}/$1.process"
agent="${TMPDIR:-/tmp}/$1.agent"
device=$2
port=$3
limit=$4
agent_variable=$5
mark="-p$6"
shift 6
if [ "$agent_variable" != - ]; then
  cat >"$agent" <<'AGENT'
host=$1
shift
echo "testbed: join $host $*" >&2
AGENT
  set -- "$agent_variable=sh $agent" "$@"
fi
counters before "$device" "$port"
timeout -k 5 "$limit" sh -c 'exec env "$@"' "$mark" "$@" </dev/null &
child=$!
echo "$child" >"$identity"
trap 'kill -TERM "$child"' HUP INT TERM
wait "$child"
status=$?
counters after "$device" "$port"
: >"$identity"
exit "$status"
