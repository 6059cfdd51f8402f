#!/bin/sh
# Says which addresses don't answer, run inside an environment: one "unreachable ADDRESS" a line.
# Arguments: ADDRESS...
set -u

# answers ADDRESS: three tries, for a neighbour that nobody has asked for yet may take its time, above all in an emulated guest.
answers() {
  for _ in 1 2 3; do
    ping -c 1 -W 3 "$1" >/dev/null 2>&1 </dev/null && return 0
  done
  return 1
}

for address in "$@"; do
  answers "$address" || echo "unreachable $address"
done
exit 0
