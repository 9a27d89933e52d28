#!/bin/sh
# unshare --map-auto, run by root, maps the subordinate ids of whichever user comes first in /etc/subuid.
#
# Version:     util-linux 2.41.5 (Debian 13) and 2.42.4 (sid).
# Expectation: the manual says that "auto" maps the first block owned by the effective user. root's line in /etc/subuid is
#              root:700000:1000, so id 0 inside is 700000 outside.
# Behaviour:   id 0 inside is 500000, from the line of the user "alice" above it. The first field of a line is also read as a number.
#              A name has no digits, which reads as 0, and 0 is root's id: for root any name matches. With root's line first the map is
#              right, which is why the order of the file decides.
#              Groups are the same. util-linux 2.38.1 leaves the map to newuidmap and is not run here.
# Needs:       an x86-64 Debian system, root, and user namespaces. /etc is replaced in a mount namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need unshare mount

mkdir "$work/etc"
printf 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n' >"$work/etc/passwd"
printf 'root:x:0:\n' >"$work/etc/group"

# map UNSHARE: prints uid_map and gid_map of a namespace made with the files above, fields separated by one blank.
map() {
    unshare --mount sh -c 'mount --bind "$1/etc" /etc; "$0" --user --map-auto cat /proc/self/uid_map /proc/self/gid_map' "$1" "$work" |
        while read -r inside outside count; do echo "$inside $outside $count"; done | paste -sd ' '
}

for suite in trixie sid; do
    util_linux $suite
    unshare=$(tool $suite unshare)
    "$unshare" --version
    printf 'alice:500000:1000\nroot:700000:1000\n' | tee "$work/etc/subuid" >"$work/etc/subgid"
    expect "map with alice's line first" '0 500000 1000 0 500000 1000' "$(map "$unshare")"
    printf 'root:700000:1000\nalice:500000:1000\n' | tee "$work/etc/subuid" >"$work/etc/subgid"
    expect "map with root's line first" '0 700000 1000 0 700000 1000' "$(map "$unshare")"
done
