#!/bin/sh
# pasta of Debian 12 does not start where its parent ignores SIGPIPE, as services of systemd and programs of .NET do.
#
# Version:     passt 0.0~git20230309 (Debian 12); 0.0~git20250503 (Debian 13) and 0.0~git20261002 (sid) start.
# Expectation: pasta starts, whatever it has inherited: it ignores SIGPIPE itself.
# Behaviour:   it takes the former disposition that signal(2) returns for an error unless that was SIG_DFL. Where SIGPIPE is ignored already,
#              it ends with 1 and "Couldn't install signal handlers", before it looks at its arguments. systemd ignores SIGPIPE for its
#              services (IgnoreSIGPIPE=yes is the default), and programs started by a .NET program inherit it too.
# Needs:       an x86-64 Debian system.

. "$(dirname "$0")/common.sh"

# answer SUITE: whether pasta --version complains, and its exit code.
answer() {
    code=0
    "$(tool "$1" pasta)" --version >"$work/said" 2>&1 || code=$?
    case $(cat "$work/said") in
    *"install signal handlers"*) echo "Couldn't install signal handlers, $code" ;;
    *) echo "no complaint, $code" ;;
    esac
}

for suite in bookworm trixie sid; do
    passt $suite
    echo "$suite"
    expect 'SIGPIPE with its default action' 'no complaint, 0' "$(answer $suite)"
    case $suite in
    bookworm) seen="Couldn't install signal handlers, 1" ;;
    *) seen='no complaint, 0' ;;
    esac
    expect 'SIGPIPE ignored' "$seen" "$(trap '' PIPE && answer $suite)"
done
