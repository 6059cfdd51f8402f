#!/bin/sh
# Stands for ssh that ran a command which ends with the status that is ssh's own too.
echo 'the program gave up' >&2
exit 255
