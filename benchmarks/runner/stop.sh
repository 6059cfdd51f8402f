#!/bin/sh
# Ends the passive side of a launch that has nobody to talk to, run inside its environment.
# Arguments: TOKEN PORT
# The process id is believed only when that process has the launch's port among its arguments.
set -u
identity="${TMPDIR:-/tmp}/$1.process"
port=$2
for _ in 1 2 3 4 5 6; do
  [ ! -s "$identity" ] || break
  sleep 0.5
done
[ -s "$identity" ] || exit 0
read -r process <"$identity"
# The words of a process are separated and ended by null bytes, which read leaves out.
words=
[ ! -r "/proc/$process/cmdline" ] || read -r words <"/proc/$process/cmdline"
case $words in
  *"-p$port"*) kill -TERM "$process" ;;
esac
exit 0
