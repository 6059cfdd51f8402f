#!/bin/sh
# Stands for ssh on a node whose guest can't be reached: notes each call in the file FAKE_SSH_LOG.
echo call >>"$FAKE_SSH_LOG"
echo 'no route' >&2
exit 255
