#!/bin/sh
# Runs one command in a guest of this node: in-guest NAME WORD...
# Each word arrives as it was given; standard input and output are the command's, and so is the exit status (255: ssh failed).
# Without a single process beside ssh: under emulation each would cost more than the way to the guest.
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
exec ssh -F "$folder/ssh_config" -T -- "$guest" "$command"
