#!/bin/sh
# Whether a mount namespace counts as older than another depends on the processors that they were made on, on Linux 6.18.
#
# Version:     Linux 6.18 with util-linux 2.38.1 (Debian 12). Linux takes the age from the 64-bit ids of namespaces since that version.
# Expectation: mount --bind /proc/PID/ns/mnt FILE works in every mount namespace that is older than the one of PID, and is refused where that one
#              is older, so that no loop can arise. A namespace that was made first is older.
# Behaviour:   each processor has a supply of ids of its own. Of two namespaces that are made one after the other, on two processors, the first may have
#              the greater id. It cannot have the second one mounted then: mount ends with EINVAL, which it says as "wrong fs type". The same works
#              where the processors are exchanged, and on one processor always.
# Needs:       an x86-64 Debian system with two processors, root and taskset; a kernel that does so, as it is the kernel that this script checks.

. "$(dirname "$0")/common.sh"
need_root
need taskset
uname -sr | cut -d - -f 1
util_linux bookworm
debian bookworm u/util-linux/mount_2.38.1-5+deb12u3_amd64.deb 456ed2c62f884bc1133b6969d4d1eb2e6d8581076b00b4c8d700151155270a7a
unshare=$(tool bookworm unshare)
mount=$(tool bookworm mount)
"$unshare" --version
: >"$work/file"

# try FIRST SECOND: whether a mount namespace made on a processor can have one mounted that is made on another one after it.
try() {
    taskset -c "$1" "$unshare" --mount --propagation private sh -c '
        taskset -c "$1" "$2" --mount --propagation private sh -c "echo made >$4.made; exec sleep 60" &
        inner=$!
        trap "kill $inner" EXIT
        until [ -s "$4.made" ]; do sleep 0.1; done
        rm "$4.made"
        if "$3" --bind "/proc/$inner/ns/mnt" "$4" 2>>"$4.said"; then echo works; else echo refused; fi' \
        sh "$2" "$unshare" "$mount" "$work/file"
}

expect 'both on processor 0' works "$(try 0 0)"
expect 'both on processor 1' works "$(try 1 1)"
expect 'on two processors, in both orders' 'refused works' "$(for order in '0 1' '1 0'; do try $order; done | sort | paste -sd ' ')"
expect 'what mount says' yes "$(grep -q 'wrong fs type' "$work/file.said" && echo yes || echo no)"
