#!/bin/sh
# Sets every processor's frequency governor. Installed on the host and run at every boot. Does nothing where the kernel
# does not scale frequencies.
# Usage: cpu-frequency.sh GOVERNOR
set -eu
for governor in /sys/devices/system/cpu/cpu[0-9]*/cpufreq/scaling_governor; do
  if [ -e "$governor" ]; then
    echo "$1" >"$governor"
  fi
done
