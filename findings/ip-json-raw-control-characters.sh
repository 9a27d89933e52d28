#!/bin/sh
# ip -json writes control characters of an interface's alias as they are, so that its output is not JSON.
#
# Version:     iproute2 6.1.0 (Debian 12) and 6.15.0 (Debian 13). 7.3.0 escapes them, which this script checks too.
# Expectation: strings are escaped. Quotes and line feeds in an alias are, as \" and \n.
# Behaviour:   an escape character, which the kernel takes in an alias like any other byte, is written raw. jq 1.7.1 refuses all of the
#              output because of it: "control characters from U+0000 through U+001F must be escaped". One alias in one namespace makes
#              the list of all interfaces unreadable.
# Needs:       an x86-64 Debian system and root, for a network namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need unshare

libc trixie
debian trixie j/jq/jq_1.7.1-6+deb13u4_amd64.deb 7350392f700e20e46b7ae174a57f54e4ea106dd559753646d629b4e618bf2bff
debian trixie j/jq/libjq1_1.7.1-6+deb13u4_amd64.deb 70bb2cbd66d5ada4349067ae9f61d0560b3b359d4203f2c051ca5773153ae0ba
debian trixie libo/libonig/libonig5_6.9.9-1+b1_amd64.deb 3abee130696244050500bcc7870e3b4cb82ddd87149ece3fd55010c3d4e1d18c
jq=$(tool trixie jq)

for suite in bookworm trixie sid; do
    iproute2 $suite
    ip=$(tool $suite ip)
    "$ip" -V
    unshare --net sh -c '
        "$0" link set lo alias "$(printf "a\"b\nc\033d")"
        "$0" -json link show lo' "$ip" >"$work/json"
    seen=$(grep -o '"ifalias":"[^}]*"' "$work/json" | tr '\033' '^')
    code=0
    "$jq" -e '.[0].ifname == "lo"' "$work/json" >"$work/out" 2>"$work/err" || code=$?
    case $suite in
    sid)
        expect 'alias' '"ifalias":"a\"b\nc\u001bd"' "$seen"
        expect 'exit code of jq' 0 "$code"
        ;;
    *)
        # The escape character is shown as ^ here.
        expect 'alias' '"ifalias":"a\"b\nc^d"' "$seen"
        expect 'exit code of jq' 5 "$code"
        expect 'message of jq names control characters' 1 "$(grep -c 'control characters from U+0000 through U+001F must be escaped' "$work/err")"
        ;;
    esac
done
