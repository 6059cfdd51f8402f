#!/bin/sh
# A stand-in for runspec in tests, of a kit in the current folder's tree as fake-kit.ts makes it: starts the ranks by the submit line
# of its configuration, keeps what they print in a file, compares that with the right answer, and writes a report. Its words
# are those of SPEC's tools as far as they are known.
set -eu
ranks=
for word; do
  case $word in
    --config=*) config=$SPEC/config/${word#*=} ;;
    --ranks=*) ranks=${word#*=} ;;
    --size=mref | --tune=base | --iterations=1 | --noreportable | --nobuild | --output_format=text) ;;
    --define) ;;
    testbed_mpirun=*) mpirun=${word#*=} ;;
    -*)
      echo "Unknown option: ${word#--}"
      exit 1
      ;;
    *) benchmark=$word ;;
  esac
done
# ended STATUS
ended() {
  printf '\nThe log for this run is in %s/result/MPI2007.001.log\n\nrunspec finished at %s; 1 total seconds elapsed\n' "$SPEC" "$(date)"
  exit "$1"
}
echo "Benchmarks selected: $benchmark"
echo "Loading runspec modules................"
cd "$SPEC/benchspec/MPI2007/$benchmark/run"
submit=$(sed -n 's/^submit *= *//p' "$config")
command=$(printf '%s\n' "$submit" | sed -e "s|%{testbed_mpirun}|$mpirun|" -e "s|\\\$command|../exe/milc_base.testbed|")
# Each command has a process group of its own, and so no signal reaches it from outside.
set -m
sh -c "$command" <milc.in >milc.out 2>milc.err &
wait $! || {
  echo "Error with '$command': check file 'milc.err'"
  echo "Error: 1x$benchmark"
  ended 1
}
cmp -s milc.out milc.right || {
  echo "*** Miscompare of milc.out; for details see milc.out.mis"
  echo "Error: 1x$benchmark"
  ended 1
}
sed "s/RANKS/$ranks/" report >"$SPEC/result/MPIM2007.001.mref.txt"
echo "Success: 1x$benchmark"
echo "        format: raw -> $SPEC/result/MPIM2007.001.mref.rsf"
echo "        format: ASCII -> $SPEC/result/MPIM2007.001.mref.txt"
ended 0
