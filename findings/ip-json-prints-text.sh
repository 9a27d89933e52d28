#!/bin/sh
# ip -json mptcp limits and ip -json xfrm policy write the text, and end with 0.
#
# Version:     iproute2 6.1.0 (Debian 12), 6.15.0 (Debian 13) and 7.3.0 (sid). tc -json class does the same in 6.1.0, and writes JSON in the others.
# Expectation: JSON, as ip -json mptcp endpoint gives, or an error that says that there is none.
# Behaviour:   the switch is taken and has no effect: what comes is the text for people, so that a script that reads JSON fails at
#              its first letter, or takes the exit code for an answer.
# Needs:       an x86-64 Debian system and root, for a network namespace of its own; a kernel with MPTCP, XFRM and HTB.

. "$(dirname "$0")/common.sh"
need_root
need unshare

# begin FILE: the first two letters of a file.
begin() {
    head -c 2 "$1"
}

for suite in bookworm trixie sid; do
    iproute2 $suite
    ip=$(tool $suite ip)
    tc=$(tool $suite tc)
    "$ip" -V
    unshare --net sh -ec '
        "$0" link set lo up
        "$0" address add 10.9.0.1/24 dev lo
        "$0" mptcp endpoint add 10.9.0.1 signal
        "$0" xfrm policy add dir out src 10.9.0.1 dst 10.9.0.2
        "$1" qdisc add dev lo root handle 1: htb
        "$1" class add dev lo parent 1: classid 1:1 htb rate 1mbit
        "$0" -json mptcp endpoint show >"$2/endpoints"
        "$0" -json mptcp limits show >"$2/limits"
        "$0" -json xfrm policy list >"$2/policies"
        "$1" -json class show dev lo >"$2/classes"' "$ip" "$tc" "$work" 2>"$work/said" || fail "ended with an error: $(cat "$work/said")"
    case $suite in
    bookworm) classes=cl ;;
    *) classes='[{' ;;
    esac
    expect 'MPTCP endpoints begin with' '[{' "$(begin "$work/endpoints")"
    expect 'MPTCP limits begin with' ad "$(begin "$work/limits")"
    expect 'XFRM policies begin with' sr "$(begin "$work/policies")"
    expect 'classes of tc begin with' "$classes" "$(begin "$work/classes")"
done
