#!/bin/sh
# Ends the passive side of a launch that has nobody to talk to, run inside its environment.
# Arguments: TOKEN PORT
# The process id is believed only when that process has the launch's port among its arguments.
set -u
identity="${TMPDIR:-/tmp}/$1.pid"
port=$2
for _ in 1 2 3 4 5 6; do
  [ ! -s "$identity" ] || break
  sleep 0.5
done
[ -s "$identity" ] || exit 0
read -r process <"$identity"
if tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null | grep -q -e "-p $port "; then
  kill -TERM "$process"
fi
exit 0
