#!/bin/sh
# Makes a bootable disk image from a root folder without mounting anything: GPT with an EFI system partition and an ext4 root.
# Arguments: ROOT, DISK (raw, made here), QCOW2 (made from DISK). Sizes are in MiB below; holes cost nothing.
set -eu
root=$1
disk=$2
qcow2=$3
esp_start=1
esp_size=16
root_start=17
root_size=6100
disk_size=6144

rm -f "$disk"
truncate -s "${disk_size}M" "$disk"
sfdisk --quiet "$disk" <<PARTITIONS
label: gpt
start=${esp_start}MiB, size=${esp_size}MiB, type=uefi
start=${root_start}MiB, size=${root_size}MiB, type=linux
PARTITIONS

mkfs.vfat --offset $((esp_start * 2048)) -F 16 -n ESP "$disk" $((esp_size * 1024)) >/dev/null 2>&1
mmd -i "$disk@@${esp_start}M" ::EFI ::EFI/BOOT
mcopy -i "$disk@@${esp_start}M" "$root/boot/grub/BOOTX64.EFI" ::EFI/BOOT/BOOTX64.EFI

# Checksummed metadata and a late-initialised inode table only cost time under emulation.
mkfs.ext4 -q -F -L root -m 0 -N 150000 -O '^metadata_csum' \
  -E offset=$((root_start * 1048576)),assume_storage_prezeroed=1 -d "$root" "$disk" $((root_size * 1024))k
qemu-img convert -O qcow2 "$disk" "$qcow2"
