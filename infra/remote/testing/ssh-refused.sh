#!/bin/sh
# Stands for ssh to a host on which nobody listens.
echo 'ssh: connect to host 192.0.2.1 port 22: Connection refused' >&2
exit 255
