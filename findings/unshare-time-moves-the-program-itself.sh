#!/bin/sh
# unshare --time without --fork runs the program in the new time namespace, although the manual says that only children enter it.
#
# Version:     Linux 6.18 with util-linux 2.38.1 (Debian 12), 2.41.5 (Debian 13) and 2.42.4 (sid).
# Expectation: time_namespaces(7) says that unshare(CLONE_NEWTIME) does not place the caller in the new namespace, only children made
#              later. A program that unshare executes without a fork is the same process, so it keeps the old clocks, as it keeps the old
#              pid namespace with --pid.
# Behaviour:   execve moves the process: /proc/uptime read by that very program has the offset, and its ns/time is its
#              ns/time_for_children. The same command with --pid leaves the two of the pid namespace apart.
# Needs:       an x86-64 Debian system, root, time namespaces, and a kernel that does so; it is the kernel that this script checks.

. "$(dirname "$0")/common.sh"
need_root
[ -e /proc/self/ns/time ] || fail 'this finding needs time namespaces'
uname -sr | cut -d - -f 1

for suite in bookworm trixie sid; do
    util_linux $suite
    unshare=$(tool $suite unshare)
    "$unshare" --version
    # readlink is the program that unshare executes, so /proc/self is the process that called unshare(2).
    expect 'time namespace of the program and of its children' same \
        "$("$unshare" --time readlink /proc/self/ns/time /proc/self/ns/time_for_children | uniq | sed 's/.*/same/' | paste -sd ' ')"
    expect 'it is new' yes "$([ "$("$unshare" --time readlink /proc/self/ns/time)" != "$(readlink /proc/self/ns/time)" ] && echo yes || echo no)"
    before=$(cut -d . -f 1 /proc/uptime)
    inside=$("$unshare" --time --boottime 8640000 cat /proc/uptime | cut -d . -f 1)
    difference=$((inside - before - 8640000))
    expect 'uptime has the offset' yes "$([ $difference -ge 0 ] && [ $difference -lt 60 ] && echo yes || echo no)"
    expect 'pid namespace of the program is the old one' yes \
        "$([ "$("$unshare" --pid readlink /proc/self/ns/pid)" = "$(readlink /proc/self/ns/pid)" ] && echo yes || echo no)"
done
