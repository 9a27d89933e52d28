#!/bin/sh
# bwrap run by root leaves all capabilities to the sandboxed program, although its manual says that none are left.
#
# Version:     bubblewrap 0.8.0 (Debian 12), 0.12.0 (Debian 13) and 0.13.1 (sid).
# Expectation: the manual says of --cap-drop: "By default no caps are left in the sandboxed process."
# Behaviour:   the effective set of the program is that of the root user who ran bwrap. --cap-drop ALL empties it. What the manual says
#              holds for other users.
# Needs:       an x86-64 Debian system and root.

. "$(dirname "$0")/common.sh"
need_root

for suite in bookworm trixie sid; do
    bubblewrap $suite
    bwrap=$(tool $suite bwrap)
    "$bwrap" --version
    own=$(awk '$1 == "CapEff:" { print $2 }' /proc/self/status)
    expect 'effective capabilities' "$own" "$("$bwrap" --bind / / awk '$1 == "CapEff:" { print $2 }' /proc/self/status)"
    expect 'effective capabilities with --cap-drop ALL' 0000000000000000 \
        "$("$bwrap" --bind / / --cap-drop ALL awk '$1 == "CapEff:" { print $2 }' /proc/self/status)"
done
