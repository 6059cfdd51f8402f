#!/bin/sh
# Prints the paths in ROOT of listed kernel modules and of all that they need, each once, in loading order.
# Arguments: ROOT (the installed system), files with names of modules, one a line, # comments.
set -eu
root=$1
shift
kernel=$(ls "$root/usr/lib/modules")
modules=$(sed '/^#/d' "$@")
# The list is split into words on purpose.
# shellcheck disable=SC2086
loads=$(chroot "$root" modprobe --set-version "$kernel" --show-depends --all $modules)
echo "$loads" | sed -n 's#^insmod \(/usr\)\{0,1\}\(/lib/modules/[^ ]*\).*#/usr\2#p' | awk '!seen[$0]++'
