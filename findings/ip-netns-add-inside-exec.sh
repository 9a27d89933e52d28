#!/bin/sh
# A name that ip netns add makes inside of ip netns exec cannot be used outside, where it stays as an empty file.
#
# Version:     iproute2 6.1.0 (Debian 12), 6.15.0 (Debian 13) and 7.3.0 (sid).
# Expectation: ip netns exec changes the network namespace; names are files in /run/netns, which both sides see. So a script run by
#              ip netns exec can add a name, as it can outside.
# Behaviour:   ip netns add succeeds, and the name works until the command of ip netns exec ends. Outside it is listed, but using it fails:
#              setting the network namespace "NAME" failed: Invalid argument. ip netns exec makes a mount namespace as well, whose mounts
#              do not travel back: the bind mount stays inside, while the file below it is seen everywhere. The new namespace itself
#              ends with the command.
# Needs:       an x86-64 Debian system and root. /run is a private one, in a mount namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need unshare mount

cat >"$work/steps" <<'EOF'
set -eu
ip=$1
mount -t tmpfs -o size=1m none /run
# As on a host: mounts travel from here to the mount namespaces that are made later, and back only from peers.
mount --make-rshared /
"$ip" netns add outer
"$ip" netns exec outer sh -c '"$0" netns add inner && "$0" netns exec inner echo "works inside"' "$ip"
echo "listed: $("$ip" netns list 2>/dev/null | cut -d ' ' -f 1 | sort | paste -sd ' ')"
code=0
"$ip" netns exec inner echo 'works outside' || code=$?
echo "code: $code"
echo "type: $(stat --file-system --format %T /run/netns/outer) $(stat --file-system --format %T /run/netns/inner)"
EOF

for suite in bookworm trixie sid; do
    iproute2 $suite
    ip=$(tool $suite ip)
    "$ip" -V
    unshare --mount sh "$work/steps" "$ip" >"$work/out" 2>"$work/err" || fail "$(cat "$work/err")"
    expect 'seen' 'works inside|listed: inner outer|code: 255|type: nsfs tmpfs' "$(paste -sd '|' "$work/out")"
    expect 'message' 'setting the network namespace "inner" failed: Invalid argument' "$(cat "$work/err")"
done
