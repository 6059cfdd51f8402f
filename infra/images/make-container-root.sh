#!/bin/sh
# Copies the listed programs of a system, and all that they load, into a root folder for the container image.
# Arguments: ROOT (the installed system), TARGET (made here), PROGRAMS (file with absolute paths, one a line).
set -eu
recipe=$(dirname "$0")
root=$1
target=$2
programs=$3
mkdir -p "$target/usr/bin" "$target/usr/sbin" "$target/usr/lib" "$target/usr/lib64" "$target/etc" "$target/tmp" \
  "$target/proc" "$target/sys" "$target/dev" "$target/root"
for name in bin sbin lib lib64; do
  ln -s "usr/$name" "$target/$name"
done

# A pattern that nothing matches stays as it is, and copy-programs.sh refuses it.
files=$(sed '/^#/d' "$recipe/userland.files" | while read -r pattern; do
  for path in "$root"$pattern; do
    echo "${path#"$root"}"
  done
done)
# Both lists are split into words on purpose.
# shellcheck disable=SC2046,SC2086
sh "$recipe/copy-programs.sh" "$root" "$target" $(cat "$programs") $files
ln -sf dash "$target/usr/bin/sh"
echo 'root:x:0:0:root:/root:/bin/sh' >"$target/etc/passwd"
echo 'root:x:0:' >"$target/etc/group"
echo 'hosts: files dns' >"$target/etc/nsswitch.conf"
