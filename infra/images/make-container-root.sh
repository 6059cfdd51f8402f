#!/bin/sh
# Copies the listed programs of a system, and all that they load, into a root folder for the container image.
# Arguments: ROOT (the installed system), TARGET (made here), PROGRAMS (file with absolute paths, one a line, # comments).
set -eu
root=$1
target=$2
programs=$3
mkdir -p "$target/usr/bin" "$target/usr/sbin" "$target/usr/lib" "$target/usr/lib64" "$target/etc" "$target/tmp" \
  "$target/proc" "$target/sys" "$target/dev" "$target/root"
for name in bin sbin lib lib64; do
  ln -s "usr/$name" "$target/$name"
done

# Copies one file to the same path, as the file that a symbolic link leads to. Paths below the merged folders keep one name.
take() {
  path=$1
  case $path in
    /lib/* | /lib64/* | /bin/* | /sbin/*) path=/usr$path ;;
  esac
  [ -e "$target$path" ] && return 0
  mkdir -p "$target$(dirname "$path")"
  # An absolute link must be resolved inside ROOT.
  real=$(chroot "$root" readlink -f "$path")
  cp -p "$root$real" "$target$path"
}

# Verbs providers are loaded by name, so that no program names them as a library.
providers=$(cd "$root" && find usr/lib -path '*/libibverbs/librxe-rdmav*.so' -printf '/%p\n')
[ -n "$providers" ] || {
  echo "the system has no soft-RoCE provider (librxe-rdmav*.so)" >&2
  exit 1
}

for file in $(sed '/^#/d' "$programs") $providers; do
  [ -e "$root$file" ] || {
    echo "the system has no $file" >&2
    exit 1
  }
  take "$file"
  for library in $(chroot "$root" ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || true); do
    take "$library"
  done
done
ln -sf dash "$target/usr/bin/sh"
mkdir -p "$target/etc/libibverbs.d"
cp -p "$root/etc/libibverbs.d/rxe.driver" "$target/etc/libibverbs.d/"
echo 'root:x:0:0:root:/root:/bin/sh' >"$target/etc/passwd"
echo 'root:x:0:' >"$target/etc/group"
echo 'hosts: files dns' >"$target/etc/nsswitch.conf"
