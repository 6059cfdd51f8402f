# shellcheck shell=sh
# Sourced by tools/up and tools/down: runs each phase and says how long it took.

# shellcheck disable=SC2034 # used by the scripts that read this file
stack=${TESTBED_STACK:-emulated}

# Ctrl-C is pulumi's: it ends what is under way in good order. This shell waits for it and hands its status on.
trap : INT

phase() {
  phase_name=$1
  shift
  phase_start=$(date +%s)
  phase_status=0
  "$@" || phase_status=$?
  echo "$phase_name: $(($(date +%s) - phase_start)) s" >&2
  if [ "$phase_status" -ne 0 ]; then exit "$phase_status"; fi
}
