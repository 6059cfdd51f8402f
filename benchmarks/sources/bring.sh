#!/bin/sh
# Puts a program into an environment, run inside it with the program on standard input.
# Arguments: FOLDER (made here, named after the program's digest) NAME SHA256
# What is there already with that digest stays as it is; a folder of somebody else's is refused.
set -eu
umask 077
folder=$1
program=$1/$2
digest=$3
mkdir -p "$folder"
[ -O "$folder" ] || {
  echo "$folder belongs to somebody else" >&2
  exit 1
}
# is_there FILE
is_there() {
  [ -f "$1" ] || return 1
  found=$(sha256sum "$1")
  [ "${found%% *}" = "$digest" ]
}
is_there "$program" && exit 0
: >"$program"
chmod 755 "$program"
cat >"$program"
is_there "$program" || {
  echo "$program did not arrive whole" >&2
  exit 1
}
