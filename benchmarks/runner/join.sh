#!/bin/sh
# A side that joins an MPI program, run inside its environment. Sent after side.sh.
# Arguments: TOKEN DEVICE PORT LIMIT_SECONDS TCP_PORT COMMAND NAME=VALUE...
# COMMAND is a whole command line: the launcher on the starting side made it for the shell behind an ssh connection. stop.sh
# knows the process by the TCP port, which is nothing but a number here.
set -u
umask 077
token=$1
device=$2
port=$3
limit=$4
mark="-p$5"
command=$6
shift 6
run_side "$token" "$device" "$port" "$limit" env "$@" sh -c "$command" "$mark"
