#!/bin/sh
# The passive side of one launch, run inside its environment. Sent after side.sh.
# Arguments: TOKEN DEVICE PORT LIMIT_SECONDS PROGRAM [ARGUMENT...]
# Standard output is the program's own, and so is standard error but for the lines of side.sh.
set -u
umask 077
run_side "$@"
