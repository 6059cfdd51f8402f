#!/bin/sh
# Runs one command in a guest of this node: in-guest NAME WORD...
# Each word arrives as it was given; standard input and output are the command's, and so is the exit status (255: ssh failed).
# No process beside ssh once there is a connection: under emulation each would cost as much as the way to the guest.
set -eu
if [ "$#" -lt 2 ]; then
  echo 'usage: in-guest NAME WORD...' >&2
  exit 2
fi
guest=$1
shift

# Sets `quoted` to the word as a shell reads it back.
quote() {
  rest=$1
  quoted="'"
  while :; do
    case $rest in
      *\'*)
        quoted="$quoted${rest%%\'*}'\\''"
        rest=${rest#*\'}
        ;;
      *) break ;;
    esac
  done
  quoted="$quoted$rest'"
}

command=
for word do
  quote "$word"
  command="$command$quoted "
done
folder=${0%/*}
# The folder of the sockets is gone after a reboot.
read -r sockets <"$folder/sockets"
umask 077
[ -d "$sockets" ] || mkdir -p "$sockets"
if ! [ -S "$sockets/$guest.ssh" ]; then
  # The connection that stays is opened by a command of its own: older versions of ssh keep its standard error open, and whoever
  # called us would wait for that.
  ssh -F "$folder/ssh_config" -T -- "$guest" : </dev/null >/dev/null 2>"$sockets/$guest.errors" || {
    cat "$sockets/$guest.errors" >&2
    exit 255
  }
fi
exec ssh -F "$folder/ssh_config" -T -- "$guest" "$command"
