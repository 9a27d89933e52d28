#!/bin/sh
# ip netns identify prints one name of a network namespace that has two.
#
# Version:     iproute2 6.1.0 (Debian 12), 6.15.0 (Debian 13) and 7.3.0 (sid).
# Expectation: the manual says that the command walks through /run/netns and finds all names of the process's network namespace.
# Behaviour:   it prints one of them and exits with 0. A script that compares the answer with the name it knows can be told so that a
#              process is elsewhere. ip netns pids gives the process for both names.
# Needs:       an x86-64 Debian system and root. /run is a private one, in a mount namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need unshare nsenter mount

cat >"$work/steps" <<'EOF'
set -eu
ip=$1
mount -t tmpfs -o size=1m none /run
"$ip" netns add first
nsenter --net=/run/netns/first sleep 600 &
process=$!
trap 'kill $process' EXIT
until [ "$(readlink /proc/$process/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
"$ip" netns attach second $process
"$ip" netns identify $process >/run/names
echo "names: $(wc -l </run/names), of these two: $(grep -c -x -E 'first|second' /run/names)"
echo "processes: $("$ip" netns pids first | grep -c -x $process) $("$ip" netns pids second | grep -c -x $process)"
EOF

for suite in bookworm trixie sid; do
    iproute2 $suite
    ip=$(tool $suite ip)
    "$ip" -V
    unshare --mount sh "$work/steps" "$ip" >"$work/out"
    expect 'seen' 'names: 1, of these two: 1|processes: 1 1' "$(paste -sd '|' "$work/out")"
done
