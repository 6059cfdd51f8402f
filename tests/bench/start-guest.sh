#!/bin/sh
# Starts a guest anew as a person would who is in a hurry. Run on its node.
# Usage: start-guest.sh start|start-and-wait DOMAIN CONSOLE PREFIX...     PREFIX: words before a command in the guest
set -eu
verb=$1
domain=$2
console=$3
shift 3
virsh -q destroy "$domain" >/dev/null 2>&1 || true
: >"$console"
virsh -q start "$domain" >/dev/null
[ "$verb" = start-and-wait ] || exit 0
until grep -q '^testbed-guest: ready' "$console"; do
  sleep 0.2
done
"$@" true
