#!/bin/sh
# Carries out operations in the order given and stops at the first that fails; its number is printed as "failed N".
# Usage: apply.sh OPERATION...   where OPERATION is one of
#   write PATH VALUE            writes one value to a kernel file
#   install PATH MODE CONTENT   writes a file as a whole: beside it, synced, then renamed over it
#   remove PATH                 removes a file if it is there
#   rmdir PATH                  removes a folder and its parents as far as they are empty
#   run COUNT WORD...           runs a command of COUNT words
set -u
PATH=$PATH:/usr/sbin:/sbin
export PATH

install_file() {
  folder=${1%/*}
  [ -d "$folder" ] || mkdir -p "$folder" || return 1
  temporary=$1.new
  printf '%s' "$3" >"$temporary" && chmod "$2" "$temporary" && sync "$temporary" && mv -f "$temporary" "$1"
}

# Runs the first COUNT of the words that follow COUNT.
run_first() {
  keep=$1
  shift
  for word do
    shift
    if [ "$keep" -gt 0 ]; then
      set -- "$@" "$word"
      keep=$((keep - 1))
    fi
  done
  "$@" </dev/null >/dev/null
}

number=0
while [ $# -gt 0 ]; do
  case $1 in
  write)
    { printf '%s\n' "$3" >"$2"; } || break
    shift 3
    ;;
  install)
    install_file "$2" "$3" "$4" || break
    shift 4
    ;;
  remove)
    rm -f -- "$2" || break
    shift 2
    ;;
  rmdir)
    [ ! -d "$2" ] || rmdir -p --ignore-fail-on-non-empty -- "$2" || break
    shift 2
    ;;
  run)
    count=$2
    shift 2
    run_first "$count" "$@" || break
    shift "$count"
    ;;
  *)
    break
    ;;
  esac
  number=$((number + 1))
done
[ $# -eq 0 ] && exit 0
printf 'failed %s\n' "$number"
exit 1
