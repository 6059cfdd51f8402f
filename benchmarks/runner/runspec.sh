#!/bin/sh
# Runs one benchmark of a SPEC MPI2007 kit, in the environment of the starting side. It is runspec that starts the ranks, by the
# submit line of its configuration file, so a launcher's words become a program that this line calls:
#   submit = %{testbed_mpirun} $command
# Arguments: TOKEN KIT CONFIG_FILE RANKS OWN_LINES LAUNCHER [WORD...] -- RUNSPEC [OPTION...] BENCHMARK
# OWN_LINES begins those lines of the launcher's standard output that ask for other sides, or is - where it asks by start.sh's agent.
# runspec keeps what a benchmark prints in files of its own, so what asks goes through a named pipe to standard output or, the
# agent's, to standard error. Standard output has nothing else but the report. Standard error has why there is none, and all that
# runspec said with "testbed: runspec: " before each line.
set -u
umask 077
files="${TMPDIR:-/tmp}/$1"
kit=$2
config_file=$3
ranks=$4
own_lines=$5
shift 5

# refuse REASON
refuse() {
  echo "$1" >&2
  exit 1
}

# quoted WORD: the word as a shell reads it.
quoted() {
  rest=$1
  before=
  while :; do
    case $rest in
      *\'*) ;;
      *) break ;;
    esac
    before=$before${rest%%\'*}"'\\''"
    rest=${rest#*\'}
  done
  printf "'%s'" "$before$rest"
}

# The program of the submit line. It says its process id, which shows that it was called and whom to end.
starter=$files.mpirun
{
  echo '#!/bin/sh'
  printf 'files=%s\n' "$(quoted "$files")"
  printf 'own_lines=%s\n' "$(quoted "$own_lines")"
  printf 'set --'
  while [ "$1" != -- ]; do
    printf ' %s' "$(quoted "$1")"
    shift
  done
  # The words that follow in the submit line: the benchmark's program.
  # shellcheck disable=SC2016
  echo ' "$@"'
  cat <<'STARTER'
echo $$ >"$files.starter"
[ "$own_lines" != - ] || exec "$@"
# SPEC compares what the benchmark prints with what is right: the launcher's own lines are taken out. Buffered, they would wait for
# more lines, and the launcher for the sides that they ask for.
[ -p "$files.lines" ] || mkfifo "$files.lines"
sed -u -e "/^$own_lines/{w $files.requests" -e 'd' -e '}' <"$files.lines" &
filter=$!
# A command in the background has no standard input unless it is given one.
exec 3<&0
"$@" <&3 >"$files.lines" &
launcher=$!
trap 'kill -TERM "$launcher"' HUP INT TERM
wait "$launcher"
status=$?
wait "$filter"
exit "$status"
STARTER
} >"$starter"
shift
chmod 700 "$starter"
: >"$files.starter"

runspec=$1
shift
for benchmark; do :; done
cd "$kit" || refuse "there is no $kit"
[ -f shrc ] || refuse "$kit has no shrc: it is no installed kit"
[ -f "config/$config_file" ] || refuse "$kit/config has no $config_file"
found=
for folder in benchspec/*/"$benchmark"; do
  [ ! -d "$folder" ] || found=yes
done
[ -n "$found" ] || refuse "$kit has no $benchmark in its benchspec"

[ -p "$files.requests" ] || mkfifo "$files.requests" || refuse "no named pipe can be made in ${files%/*}"
if [ "$own_lines" = - ]; then
  cat "$files.requests" >&2 &
else
  cat "$files.requests" &
fi
requests=$!
# Held open, the pipe has no end before ours.
exec 3>"$files.requests"
# What start.sh's agent writes to.
export TESTBED_REQUESTS="$files.requests"

# shrc puts the kit's tools on the PATH; it is SPEC's, and not made for set -u.
set +u
# shellcheck disable=SC1091
. ./shrc >"$files.log" 2>&1
set -u
"$runspec" --config="$config_file" --ranks="$ranks" --define testbed_mpirun="$starter" "$@" \
  </dev/null >>"$files.log" 2>&1 3>&- &
process=$!

# SPEC's tools can make a process group of their own, which the signal from outside does not reach.
end() {
  kill -TERM "-$process" || kill -TERM "$process"
  [ ! -s "$files.starter" ] || kill -TERM "$(cat "$files.starter")"
} 2>/dev/null
trap end HUP INT TERM
wait "$process"
status=$?
# A signal ends the first wait, not the process.
wait "$process" 2>/dev/null
trap - HUP INT TERM
exec 3>&-
wait "$requests"

# runspec says where it writes each format of its report.
report=$(sed -n 's/^ *format: .* -> \(.*\.txt\)$/\1/p' "$files.log" | tail -n 1)
reason=
if [ "$status" -ne 0 ]; then
  # Its last lines are the same after every run.
  reason=$(grep -vE '^[[:space:]]*$|^The log for this run|^There is no log file|^runspec finished at' "$files.log" | tail -n 2)
  reason=${reason:-runspec exited with status $status}
elif [ ! -s "$files.starter" ]; then
  reason="config/$config_file has no line \"submit = %{testbed_mpirun} \$command\" for $benchmark, and runspec started the ranks without the testbed's launcher"
elif [ ! -f "$report" ]; then
  reason="runspec named no report in text"
fi
[ -z "$reason" ] || printf '%s\n' "$reason" >&2
sed 's/^/testbed: runspec: /' "$files.log" >&2
[ -z "$reason" ] || exit 1
cat "$report"
