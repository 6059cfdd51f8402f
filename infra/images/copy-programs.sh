#!/bin/sh
# Copies files of a system, and the libraries that they load, to the same paths of another root folder.
# Arguments: ROOT (the installed system), TARGET, absolute paths in ROOT.
set -eu
root=$1
target=$2
shift 2

# Copies one file, as the file that a symbolic link leads to. Paths below the merged folders keep one name.
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

for file in "$@"; do
  [ -e "$root$file" ] || {
    echo "the system has no $file" >&2
    exit 1
  }
  take "$file"
  for library in $(chroot "$root" ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || true); do
    take "$library"
  done
done
