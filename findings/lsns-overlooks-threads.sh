#!/bin/sh
# lsns does not find a namespace that only a thread is in, although the thread shows it in /proc.
#
# Version:     util-linux 2.38.1 (Debian 12), 2.41.5 (Debian 13) and 2.42.4 (sid).
# Expectation: namespaces belong to threads: unshare(2) and setns(2) act on the calling thread. lsns, run by root, lists every namespace
#              that /proc names; the manual limits only what an ordinary user sees.
# Behaviour:   a network namespace that one thread of a process has made and is in is not listed, and asked for by its number lsns says
#              "not found namespace" and exits with 1. Only the namespaces of a thread group leader are read, /proc/PID/task/TID/ns is not.
#              Programs that enter namespaces thread by thread, as those in Go do, are where this shows.
# Needs:       an x86-64 Debian system, root, and perl with threads (Debian's has them).

. "$(dirname "$0")/common.sh"
need_root
need perl

# 272 is unshare, 186 gettid, 0x40000000 CLONE_NEWNET on x86-64. The thread says its id and lives until the standard input is closed.
mkfifo "$work/in"
perl -Mthreads -e '
    $| = 1;
    threads->create(sub {
        die "unshare: $!" if syscall(272, 0x40000000) != 0;
        print syscall(186), "\n";
        <STDIN>;
    })->join' <"$work/in" >"$work/out" &
process=$!
exec 3>"$work/in"
cleanup='exec 3>&-; wait'
until [ -s "$work/out" ]; do
    [ -d /proc/$process ] || fail 'the thread has not started'
done
thread=$(cat "$work/out")
name=$(readlink /proc/$process/task/"$thread"/ns/net)
inode=${name#net:\[}
inode=${inode%\]}
expect 'the thread has left the namespace of its process' no \
    "$([ "$name" = "$(readlink /proc/$process/ns/net)" ] && echo yes || echo no)"

for suite in bookworm trixie sid; do
    util_linux $suite
    lsns=$(tool $suite lsns)
    "$lsns" --version
    expect 'lines of lsns with it' 0 "$("$lsns" --type net --noheadings --output NS | grep -c "$inode" || :)"
    code=0
    "$lsns" "$inode" 2>"$work/err" || code=$?
    expect 'exit code of lsns NUMBER' 1 "$code"
    expect 'message' "lsns: not found namespace: $inode" "$(cat "$work/err")"
done
