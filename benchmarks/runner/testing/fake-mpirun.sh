#!/bin/sh
# A stand-in for Open MPI's mpirun in tests: asks for each other host of --host as PRRTE asks ssh, waits until all have
# joined, and prints what FAKE_MPI_OUTPUT holds. FAKE_MPI_FOLDER is where sides meet. FAKE_MPI_BEHAVIOUR: good, hang,
# dead-rank (a rank dies after all have joined).
set -eu
while [ "$1" != --host ]; do shift; done
hosts=$2
count=0
IFS=,
for host in $hosts; do
  name=${host%%:*}
  [ "$name" != localhost ] || continue
  count=$((count + 1))
  join="touch $FAKE_MPI_FOLDER/joined.$count; while [ ! -e $FAKE_MPI_FOLDER/done ]; do sleep 0.1; done; exit \$(cat $FAKE_MPI_FOLDER/done)"
  (
    IFS=' '
    # The words of the agent's variable are a command, as with PRRTE.
    # shellcheck disable=SC2086
    exec ${PRTE_MCA_plm_ssh_agent:?} "$name" "$join --daemonize"
  )
done
while [ "$count" -gt 0 ]; do
  [ -e "$FAKE_MPI_FOLDER/joined.$count" ] || {
    sleep 0.1
    continue
  }
  count=$((count - 1))
done
case $FAKE_MPI_BEHAVIOUR in
  good)
    cat "$FAKE_MPI_OUTPUT"
    echo 0 >"$FAKE_MPI_FOLDER/done"
    ;;
  hang) sleep 60 ;;
  dead-rank)
    echo 137 >"$FAKE_MPI_FOLDER/done"
    echo "prterun noticed that process rank 1 exited on signal 9 (Killed)." >&2
    exit 137
    ;;
esac
