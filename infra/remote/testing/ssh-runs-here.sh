#!/bin/sh
# Stands for ssh: runs the remote command here, by a shell as sshd does.
for word do last=$word; done
exec sh -c "$last"
