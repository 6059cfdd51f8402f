#!/bin/sh
# Runs a command in a guest, from its node, with a text as its standard input.
# Usage: in-guest.sh TEXT WORD...
# Status 125: the guest could not be reached. OpenSSH says that with 255, by which our own connection says the same of the node.
set -u
text=$1
shift
printf '%s' "$text" | "$@"
status=$?
[ "$status" -ne 255 ] || exit 125
exit "$status"
