#!/bin/sh
# unshare --map-users loses an id when --map-user lies just behind the block, although the two do not overlap.
#
# Version:     util-linux 2.41.5 (Debian 13) and 2.42.4 (sid). 2.38.1 has other syntax and is not run here.
# Expectation: the manual says that a hole is cut where the block overlaps with --map-user. 0:100000:1000 covers the ids 0 to 999 inside,
#              --map-user 1000 is not among them, so all of the 1000 ids are mapped.
# Behaviour:   only 999 ids are mapped: 999 inside, 100999 outside, is missing, and files of that id show as owned by nobody. The test
#              for the overlap counts the end of the block, 1000, as inside. With --map-user 1001 nothing is lost.
# Needs:       an x86-64 Debian system, root, and user namespaces.

. "$(dirname "$0")/common.sh"
need_root

# count UNSHARE USER: prints how many ids the block maps.
count() {
    "$1" --user --map-users 0:100000:1000 --map-groups 0:100000:1000 --map-user "$2" cat /proc/self/uid_map |
        while read -r _ outside count; do [ "$outside" != 100000 ] || echo "$count"; done
}

for suite in trixie sid; do
    util_linux $suite
    unshare=$(tool $suite unshare)
    "$unshare" --version
    expect 'ids of the block with --map-user 1001' 1000 "$(count "$unshare" 1001)"
    expect 'ids of the block with --map-user 1000' 999 "$(count "$unshare" 1000)"
done
