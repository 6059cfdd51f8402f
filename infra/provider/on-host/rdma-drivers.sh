#!/bin/sh
# Installs NVIDIA's RDMA drivers from an archive whose digest is known, or takes them away again. The names of all packages that
# were installed before are kept in a file: what the vendor's installer removes is put back at the end.
# Usage: rdma-drivers.sh install mlnx-ofed|doca-ofed SOURCE SHA256 yes|no PACKAGES-FILE    yes: build modules for this kernel
#        rdma-drivers.sh remove mlnx-ofed|doca-ofed PACKAGES-FILE
set -eu
PATH=$PATH:/usr/sbin:/sbin
export DEBIAN_FRONTEND=noninteractive

list_packages() {
  if command -v dpkg-query >/dev/null; then
    # shellcheck disable=SC2016 # dpkg-query puts the values in
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p' | sort -u
  else
    rpm -qa --qf '%{NAME}\n' | sort -u
  fi
}

# Arguments: names of packages.
install_packages() {
  if command -v apt-get >/dev/null; then
    apt-get install -y --no-install-recommends "$@"
  else
    dnf install -y "$@"
  fi
}

# Fetches the archive and checks it before anything of it is used. Arguments: source, digest, file.
fetch() {
  case $1 in
  /*) cp "$1" "$3" ;;
  *)
    if command -v curl >/dev/null; then
      curl -fsSL --retry 3 -o "$3" "$1"
    else
      wget -q -O "$3" "$1"
    fi
    ;;
  esac
  if ! printf '%s  %s\n' "$2" "$3" | sha256sum -c - >/dev/null 2>&1; then
    echo "$1 has not the SHA-256 $2" >&2
    return 1
  fi
}

# Arguments: archive, yes or no.
install_mlnx_ofed() {
  mkdir "$folder/ofed"
  tar -xzf "$1" -C "$folder/ofed" --strip-components=1
  if [ ! -x "$folder/ofed/mlnxofedinstall" ]; then
    echo 'the archive has no mlnxofedinstall: it is none of MLNX_OFED' >&2
    return 1
  fi
  if [ "$2" = yes ]; then
    set -- --add-kernel-support
  else
    set --
  fi
  # Firmware is the user's to update.
  "$folder/ofed/mlnxofedinstall" --force --without-fw-update "$@"
}

# The archive is a package that brings a repository of packages. Arguments: archive, yes or no.
install_doca_ofed() {
  if command -v dpkg >/dev/null; then
    dpkg -i "$1"
    apt-get update
  else
    rpm -U --replacepkgs "$1"
    dnf makecache
  fi
  if [ "$2" = yes ] && ! command -v dpkg >/dev/null; then
    install_packages doca-extra
    /opt/mellanox/doca/tools/doca-kernel-support
    for built in /tmp/DOCA.*/doca-kernel-repo-*.rpm; do
      rpm -U --replacepkgs "$built"
    done
    dnf makecache
  fi
  # On Debian and Ubuntu the modules are built by DKMS in any case.
  install_packages doca-ofed
}

# Loads what was installed instead of what runs.
restart_drivers() {
  if [ -x /etc/init.d/openibd ]; then
    /etc/init.d/openibd restart
  fi
}

# Takes the modules of the vendor out of the kernel while they are still there to be unloaded.
stop_drivers() {
  if [ -x /etc/init.d/openibd ]; then
    /etc/init.d/openibd stop
  fi
}

# Argument: file with the names of the packages that were there before.
put_packages_back() {
  list_packages >"$folder/now"
  missing=$(comm -23 "$1" "$folder/now")
  # shellcheck disable=SC2086 # the names are to be split
  [ -z "$missing" ] || install_packages $missing
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
case $1-$2 in
install-mlnx-ofed | install-doca-ofed)
  [ -e "$6" ] || { list_packages >"$6.new" && mv "$6.new" "$6"; }
  archive=$folder/${3##*/}
  fetch "$3" "$4" "$archive"
  if [ "$2" = mlnx-ofed ]; then
    install_mlnx_ofed "$archive" "$5"
  else
    install_doca_ofed "$archive" "$5"
  fi
  restart_drivers
  ;;
remove-mlnx-ofed | remove-doca-ofed)
  stop_drivers
  if [ -x /usr/sbin/ofed_uninstall.sh ]; then
    /usr/sbin/ofed_uninstall.sh --force
  fi
  if [ "$2" = doca-ofed ]; then
    # As NVIDIA's guide for DOCA-Host has it, but for its autoremove, which would take packages of others too.
    list_packages | grep -E '^(doca|flexio|dpa)(-|$)' >"$folder/doca" || :
    while read -r package; do
      if command -v apt-get >/dev/null; then
        apt-get remove -y --purge "$package" </dev/null
      else
        dnf remove -y --noautoremove "$package" </dev/null
      fi
    done <"$folder/doca"
  fi
  [ ! -e "$3" ] || put_packages_back "$3"
  modprobe -a mlx4_core mlx5_core 2>/dev/null || :
  ;;
*)
  echo "rdma-drivers.sh: $1 $2 is nothing that can be done" >&2
  exit 2
  ;;
esac
