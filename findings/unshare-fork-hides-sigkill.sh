#!/bin/sh
# unshare --fork reports a SIGKILL of its child as an ordinary failure.
#
# Version:     util-linux 2.38.1 (Debian 12). 2.41.5 and 2.42.4 do not have it, which this script checks too.
# Expectation: unshare --fork ends as its child did: by the same signal, which a shell shows as 128 + number. It does so for SIGTERM (143).
# Behaviour:   after a SIGKILL it prints "sigprocmask unblock failed: Invalid argument" and exits with 1. It resets the disposition of
#              the signal before it raises it, the reset of SIGKILL fails, and that is taken for a failure. A child that the
#              out-of-memory killer ended thus looks like a program that exited with 1, and the message points at the wrong call.
# Needs:       an x86-64 Debian system; no root.

. "$(dirname "$0")/common.sh"

for suite in bookworm trixie sid; do
    util_linux $suite
    unshare=$(tool $suite unshare)
    "$unshare" --version
    for signal in TERM KILL; do
        # A shell of its own keeps the shell's report ("Killed") out of the output.
        code=$(sh -c '"$0" --fork sh -c "kill -$1 \$\$" 2>"$2"; echo $?' "$unshare" $signal "$work/err" 2>/dev/null)
        case $suite.$signal in
        *.TERM) expect 'exit code after SIGTERM' 143 "$code" ;;
        bookworm.KILL)
            expect 'exit code after SIGKILL' 1 "$code"
            expect 'message' 'unshare: sigprocmask unblock failed: Invalid argument' "$(cat "$work/err")"
            ;;
        *) expect 'exit code after SIGKILL' 137 "$code" ;;
        esac
    done
done
