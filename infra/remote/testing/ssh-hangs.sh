#!/bin/sh
# Stands for ssh: does not end by itself while anybody waits.
exec sleep 30
