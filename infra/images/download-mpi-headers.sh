#!/bin/sh
# Customize hook of mmdebstrap: unpacks what MPI programs are compiled against into /mpi-headers of the system, of the same
# release as its Open MPI. It is not installed, since its compilers would come along, and it gets into no image.
# Arguments: the system's root folder.
set -eu
root=$1
folder=/mpi-headers
mkdir "$root$folder"
# apt downloads as a user of its own where it may write.
chmod 1777 "$root$folder"
# Expanded by the inner shell.
# shellcheck disable=SC2016
chroot "$root" sh -euc 'cd "$1" && apt-get --quiet download libopenmpi-dev && dpkg-deb --extract ./*.deb . && rm ./*.deb' \
  sh "$folder"
