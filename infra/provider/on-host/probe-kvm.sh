#!/bin/sh
# Finds out whether guests run under KVM here by booting one. It needs no image: the guest is a boot sector of 176 bytes that
# waits for timer interrupts, turns paging on, enters 64-bit mode and says so on its serial port, which is what a kernel does
# where a broken KVM hangs. The result is kept in a file, together with the kernel that it is true for.
# Usage: probe-kvm.sh RESULT-FILE KERNEL-RELEASE auto|kvm [ACCELERATOR]
#   auto: without KVM the result is tcg; kvm: it is an error.     ACCELERATOR: what to try instead of KVM, for tests
set -eu
PATH=$PATH:/usr/sbin:/sbin:/usr/libexec
accelerator=${4:-kvm}
seconds=20
mark='testbed: guest runs'

for qemu in qemu-system-x86_64 qemu-kvm; do
  if command -v "$qemu" >/dev/null; then
    break
  fi
done

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
sector=$folder/sector
{
  printf '\372\061\300\216\330\216\300\216\320\274\000\174\373'         # no interrupts; segments 0, stack below us; interrupts
  printf '\271\003\000\241\154\004\364\071\006\154\004\164\371\342\364' # sleep until the BIOS clock (0x46c) went on three times
  printf '\372\277\000\020\061\300\271\000\030\374\363\253'             # no interrupts; clear three pages from 0x1000 on
  printf '\307\006\000\020\003\040\307\006\000\040\003\060'             # page tables: 0x1000 -> 0x2000 -> 0x3000
  printf '\306\006\000\060\203'                                         # -> the first 2 MiB as they are
  printf '\146\270\000\020\000\000\017\042\330'                         # CR3 = 0x1000
  printf '\017\040\340\014\040\017\042\340'                             # CR4: physical address extension
  printf '\146\271\200\000\000\300\017\062\200\314\001\017\060'         # EFER: long mode
  printf '\017\001\026\225\174'                                         # load the segment table
  printf '\017\040\300\146\015\001\000\000\200\017\042\300'             # CR0: protected mode and paging
  printf '\352\155\174\010\000'                                         # far jump: 64-bit code from here on
  printf '\146\272\370\003\276\233\174\000\000'                         # the serial port 0x3f8, the address of the mark
  printf '\254\204\300\164\003\356\353\370'                             # write the mark, byte by byte
  printf '\260\376\346\144\364\353\375'                                 # reset by the keyboard controller; QEMU ends at it
  printf '\000\000\000\000\000\000\000\000\000\000\000\000\000\232\040\000' # segment table: none, 64-bit code
  printf '\017\000\205\174\000\000'                                     # its size and address
  printf '%s\n\000' "$mark"
} >"$sector"
truncate -s 510 "$sector"
printf '\125\252' >>"$sector"
# Too small a disk has no cylinders, and the BIOS does not read it.
truncate -s 1M "$sector"

status=0
timeout -k 2 "$seconds" "$qemu" -accel "$accelerator" -machine q35 -cpu max -m 64 -nodefaults -display none -no-reboot \
  -serial stdio -drive "file=$sector,format=raw,if=virtio" </dev/null >"$folder/console" 2>"$folder/errors" || status=$?

if grep -q "^$mark" "$folder/console"; then
  result=$accelerator
  reason="a guest booted under $accelerator"
else
  result=tcg
  if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
    reason="/dev/$accelerator is there, but a guest did not boot under it within $seconds s"
  else
    reason="QEMU can't run under $accelerator ($(tail -n 1 "$folder/errors"))"
  fi
  if [ "$3" = "$accelerator" ]; then
    echo "$reason" >&2
    exit 1
  fi
fi
printf 'kernel %s\naccelerator %s\nreason %s\n' "$2" "$result" "$reason" >"$1.new"
mv -f "$1.new" "$1"
