#!/bin/sh
# Writes the files by which this node reaches its guests. Lines `NAME MODE BASE64` on standard input: what is secret stands on
# no command line.
# Usage: install-access.sh DIRECTORY
set -eu
directory=$1
umask 077
mkdir -p "$directory"
chmod 0700 "$directory"
while read -r name mode content; do
  echo "$content" | base64 -d >"$directory/$name.new"
  chmod "$mode" "$directory/$name.new"
  mv -f "$directory/$name.new" "$directory/$name"
done
