#!/bin/sh
# ip netns exec takes away all that is mounted below /sys: control groups, tracing, bpf, security.
#
# Version:     iproute2 6.1.0 (Debian 12), 6.15.0 (Debian 13) and 7.3.0 (sid).
# Expectation: the manual speaks of a mount namespace in which the files of /etc/netns/NAME are bound over those of /etc. Other mounts are
#              those of the host.
# Behaviour:   /sys is replaced by a fresh sysfs with nothing mounted in it: a file system mounted at /sys/fs/cgroup outside is gone
#              inside. Programs that read their limits there, such as a runtime that looks for its memory limit, find an empty folder
#              and no limit. nsenter --net leaves /sys alone.
# Needs:       an x86-64 Debian system and root. /run and /sys/fs/cgroup are private ones, in a mount namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need unshare nsenter mount

cat >"$work/steps" <<'EOF'
set -eu
ip=$1
mount -t tmpfs -o size=1m none /run
mount -t tmpfs -o size=1m none /sys/fs/cgroup
echo 1 >/sys/fs/cgroup/memory.max
"$ip" netns add one
look='echo "files: $(ls /sys/fs/cgroup | wc -l), type: $(stat --file-system --format %T /sys/fs/cgroup)"'
echo "outside $(sh -c "$look")"
echo "nsenter $(nsenter --net=/run/netns/one sh -c "$look")"
echo "ip netns exec $("$ip" netns exec one sh -c "$look; grep -c ' /sys/' /proc/self/mountinfo || :" | paste -sd ' ')"
EOF

for suite in bookworm trixie sid; do
    iproute2 $suite
    ip=$(tool $suite ip)
    "$ip" -V
    unshare --mount sh "$work/steps" "$ip" >"$work/out"
    expect 'seen' 'outside files: 1, type: tmpfs|nsenter files: 1, type: tmpfs|ip netns exec files: 0, type: sysfs 0' \
        "$(paste -sd '|' "$work/out")"
done
