#!/bin/sh
# ip -all netns exec exits with 0 although its command has failed in every network namespace.
#
# Version:     iproute2 6.1.0 (Debian 12), 6.15.0 (Debian 13) and 7.3.0 (sid).
# Expectation: ip netns exec NAME COMMAND exits with the status of the command. The form for all namespaces exits with a failure if the
#              command has failed in one of them, as xargs(1) does.
# Behaviour:   it exits with 0 when the command exits with 3 in each namespace, and when there is no such command (with a message for each).
#              Only a command that a signal ends is an error: exit code 1, and the remaining namespaces are left out without a word.
# Needs:       an x86-64 Debian system and root. /run is a private one, in a mount namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need unshare mount

cat >"$work/steps" <<'EOF'
set -eu
ip=$1
mount -t tmpfs -o size=1m none /run
"$ip" netns add first
"$ip" netns add second
code() {
    status=0
    "$@" >/dev/null 2>/run/errors || status=$?
    printf '%s' $status
}
echo "one, exit 3: $(code "$ip" netns exec first sh -c 'exit 3')"
echo "all, exit 3: $(code "$ip" -all netns exec sh -c 'echo ran >>/run/runs; exit 3'), runs: $(wc -l </run/runs)"
echo "one, killed: $(code "$ip" netns exec first sh -c 'kill -9 $$')"
echo "all, killed: $(code "$ip" -all netns exec sh -c 'echo ran >>/run/kills; kill -9 $$'), runs: $(wc -l </run/kills)"
echo "one, no such command: $(code "$ip" netns exec first no-such-command)"
echo "all, no such command: $(code "$ip" -all netns exec no-such-command), messages: $(grep -c no-such-command /run/errors)"
EOF

for suite in bookworm trixie sid; do
    iproute2 $suite
    ip=$(tool $suite ip)
    "$ip" -V
    unshare --mount sh "$work/steps" "$ip" >"$work/out"
    expect 'seen' 'one, exit 3: 3|all, exit 3: 0, runs: 2|one, killed: 137|all, killed: 1, runs: 1|one, no such command: 1|all, no such command: 0, messages: 2' \
        "$(paste -sd '|' "$work/out")"
done
