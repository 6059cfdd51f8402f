#!/bin/sh
# Prints what many files hold, in one round trip and with shell builtins only: on an emulated node each process costs a
# tenth of a second.
# Usage: snapshot.sh REQUEST...   where REQUEST is KIND:GLOB or output:COMMAND, and KIND is
#   content  the text of the matching files       F PATH, then each line led by "|"
#   link     where matching links to folders lead L PATH TARGET
#   present  only that something matches          P PATH
#   output   what a command of plain words prints F COMMAND, then each line led by "|"; nothing when it fails
set -u
PATH=$PATH:/usr/sbin:/sbin
IFS='
'

# Prints what the command of plain words prints. Argument: its words, separated by blanks.
output_of() {
  words=$1
  set -f
  IFS=' '
  # shellcheck disable=SC2086 # the words are to be split
  set -- $words
  set +f
  IFS='
'
  command -v "$1" >/dev/null || return
  printed=$("$@" 2>/dev/null </dev/null) || return
  printf 'F %s\n' "$words"
  while IFS= read -r line; do
    printf '|%s\n' "$line"
  done <<TEXT
$printed
TEXT
}

for request do
  case $request in
  output:*)
    output_of "${request#*:}"
    continue
    ;;
  esac
  pattern=${request#*:}
  for path in $pattern; do
    [ -e "$path" ] || [ -L "$path" ] || continue
    case $request in
    present:*)
      printf 'P %s\n' "$path"
      ;;
    link:*)
      # The shell resolves the link by going there: no readlink process.
      if cd -P "$path" 2>/dev/null; then
        printf 'L %s %s\n' "$path" "$PWD"
        cd / || exit 1
      fi
      ;;
    content:*)
      if ! [ -f "$path" ] || ! [ -r "$path" ]; then
        continue
      fi
      printf 'F %s\n' "$path"
      while IFS= read -r line || [ -n "$line" ]; do
        printf '|%s\n' "$line"
      done 2>/dev/null <"$path"
      ;;
    esac
  done
done
exit 0
