#!/bin/sh
# Runs a command with process, network, mount and other namespaces of its own and an empty /run, so that a page of the
# documentation finds the same small machine everywhere and leaves nothing behind. Output and errors go one way, or their order
# would be the reader's. Needs root.
exec 2>&1
exec unshare --mount --net --pid --fork --mount-proc --uts --ipc --cgroup --kill-child sh -c '
    mount --make-rprivate / && mount -t tmpfs tmpfs /run && ip link set lo up && hostname host || exit 1
    echo 4700 > /proc/sys/kernel/ns_last_pid
    "$@"
    exit $?' page.sh "$@"
