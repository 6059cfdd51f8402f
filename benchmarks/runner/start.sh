#!/bin/sh
# The starting side of an MPI program, run inside its environment. Sent after side.sh.
# Arguments: TOKEN DEVICE PORT LIMIT_SECONDS AGENT_VARIABLE TCP_PORT NAME=VALUE... PROGRAM [ARGUMENT...]
# AGENT_VARIABLE is the environment variable that names what the launcher calls instead of ssh, or -. Standard output is the
# launcher's and the program's; standard error, or the file that TESTBED_REQUESTS names, has "testbed: join HOST COMMAND" besides the
# lines of side.sh. stop.sh knows the process by the TCP port, which is nothing but a number here.
set -u
umask 077
token=$1
device=$2
port=$3
limit=$4
agent_variable=$5
mark="-p$6"
agent="${TMPDIR:-/tmp}/$token.agent"
shift 6
if [ "$agent_variable" != - ]; then
  cat >"$agent" <<'AGENT'
host=$1
shift
[ -z "${TESTBED_REQUESTS:-}" ] || exec 2>>"$TESTBED_REQUESTS"
echo "testbed: join $host $*" >&2
AGENT
  set -- "$agent_variable=sh $agent" "$@"
fi
# The inner shell exists to bear the mark until it becomes the launcher.
run_side "$token" "$device" "$port" "$limit" sh -c 'exec env "$@"' "$mark" "$@"
