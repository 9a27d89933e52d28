#!/bin/sh
# pasta --version of Debian 13 prints nothing into a pipe or a file, and ends with 0.
#
# Version:     passt 0.0~git20250503 (Debian 13). 0.0~git20230309 (Debian 12) and 0.0~git20261002 (sid) print it everywhere.
# Expectation: the text that a terminal gets.
# Behaviour:   only a terminal gets it: the buffer of the standard output is not written out at the end, and a terminal's is with each
#              line. A script that asks for the version has an empty answer and no error.
# Needs:       an x86-64 Debian system and script (of the package bsdutils).

. "$(dirname "$0")/common.sh"
need script

libc bookworm
debian bookworm p/passt/passt_0.0~git20230309.7c7625d-1_amd64.deb 86cbbf887b293caa4602babeae6b2a903b3303ff61ca9b8c383f684d2d8b5e6c
libc trixie
debian trixie p/passt/passt_0.0~git20250503.587980c-2+deb13u1_amd64.deb dfbca023b20c84a3345e36bbbe182c18bf262583d31386fc7e3050a708850f0d
libc sid
debian sid p/passt/passt_0.0~git20261002.cba3570-1_amd64.deb f3636cb53c0d7fb8c7306be51d0802f9d011c9dd28abc26656c0c33e4db48c05

# answer PROGRAM SWITCH: whether its answer reaches a file, and its exit code.
answer() {
    code=0
    "$@" 2>/dev/null >"$work/said" || code=$?
    [ -s "$work/said" ] && echo "some text, $code" || echo "nothing, $code"
}

for suite in bookworm trixie sid; do
    echo "$suite"
    pasta=$(tool $suite pasta)
    case $suite in
    trixie) seen='nothing, 0' ;;
    *) seen='some text, 0' ;;
    esac
    expect 'the version in a file' "$seen" "$(answer "$pasta" --version)"
    script --quiet --command "$pasta --version" /dev/null >"$work/terminal" </dev/null
    expect 'the version on a terminal' 'some text' "$(grep -q 'Red Hat' "$work/terminal" && echo 'some text' || echo nothing)"
done
