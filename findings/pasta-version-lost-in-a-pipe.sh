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

# answer PROGRAM SWITCH: whether its answer reaches a file, and its exit code.
answer() {
    code=0
    "$@" 2>/dev/null >"$work/said" || code=$?
    [ -s "$work/said" ] && echo "some text, $code" || echo "nothing, $code"
}

for suite in bookworm trixie sid; do
    passt $suite
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
