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

# Verbs providers are loaded by name, so that no program names them as a library.
providers=$(cd "$root" && find usr/lib -path '*/libibverbs/librxe-rdmav*.so' -printf '/%p\n')
[ -n "$providers" ] || {
  echo "the system has no soft-RoCE provider (librxe-rdmav*.so)" >&2
  exit 1
}
# Both lists are split into words on purpose.
# shellcheck disable=SC2046,SC2086
sh "$recipe/copy-programs.sh" "$root" "$target" $(cat "$programs") $providers
ln -sf dash "$target/usr/bin/sh"
mkdir -p "$target/etc/libibverbs.d"
cp -p "$root/etc/libibverbs.d/rxe.driver" "$target/etc/libibverbs.d/"
echo 'root:x:0:0:root:/root:/bin/sh' >"$target/etc/passwd"
echo 'root:x:0:' >"$target/etc/group"
echo 'hosts: files dns' >"$target/etc/nsswitch.conf"
