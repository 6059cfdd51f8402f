#!/bin/sh
# Runs the guest steps in a guest of a cloud image and says on the console how they ended, as the lean guest's init does.
set -u
if sh /usr/local/lib/testbed/guest-init.sh; then
  outcome='testbed-guest: ready'
else
  outcome="testbed-guest: failed: $(sed -n 's/^failed //p' /run/testbed-guest/status)"
fi
# On a line of its own, whatever else is being written there.
printf '\n%s\n' "$outcome" >/dev/console
