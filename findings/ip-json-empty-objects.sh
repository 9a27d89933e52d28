#!/bin/sh
# ip -json address show up writes an empty object for each interface that is down.
#
# Version:     iproute2 6.1.0 (Debian 12), 6.15.0 (Debian 13) and 7.3.0 (sid).
# Expectation: the JSON holds what the text holds. The text of "up" names only interfaces that are up, and the array has one element for each.
# Behaviour:   the array has an element for every interface: those that the text leaves out are {}, without a name. Its length is the
#              number of all interfaces, and the name of the first element can be null.
# Needs:       an x86-64 Debian system and root, for a network namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need unshare

for suite in bookworm trixie sid; do
    iproute2 $suite
    ip=$(tool $suite ip)
    "$ip" -V
    unshare --net sh -c '
        # Two interfaces that are down; the loopback is the only one that is up.
        "$0" link add down1 type veth peer name down2
        "$0" link set lo up
        echo "text: $("$0" -oneline address show up | cut -d " " -f 2 | uniq | paste -sd " ")"
        "$0" -json address show up >"$1"
        echo "names: $(grep -o "\"ifname\":\"[a-z0-9]*\"" "$1" | paste -sd " ")"
        echo "empty: $(grep -o "{}" "$1" | wc -l)"' "$ip" "$work/json" >"$work/out"
    expect 'seen' 'text: lo|names: "ifname":"lo"|empty: 2' "$(paste -sd '|' "$work/out")"
done
