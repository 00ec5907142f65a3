#!/bin/sh
# Run the program $1 as the proxy of the folder $2, in place of what a killed one left there:
# nginx's workers outlive their master, and would keep the port.
cd -- "$2" || exit 1
here=$(pwd -P)
for process in /proc/[0-9]*; do
    read -r name < "$process/comm" && [ "$name" = nginx ] || continue
    [ "$(readlink "$process/cwd")" = "$here" ] && kill -KILL "${process#/proc/}"
done 2> /dev/null
rm -rf tmp && mkdir -m 700 tmp && exec "$1" -p "$PWD/" -c nginx.conf
