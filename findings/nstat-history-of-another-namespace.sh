#!/bin/sh
# nstat in a fresh network namespace subtracts the counters of another one.
#
# Version:     iproute2 6.1.0 (Debian 12), 6.15.0 (Debian 13) and 7.3.0 (sid).
# Expectation: counters are kept per network namespace, and nstat shows how much they have grown since its last run. In a namespace where it
#              has never run it shows all that was counted there.
# Behaviour:   what it saw last is kept in one file for each user, whatever the namespace. After a run in one namespace with 1000
#              datagrams, nstat in a fresh one shows 500 of the 1500 datagrams sent there. Counters that are lower than in the other
#              namespace do not appear at all.
# Needs:       an x86-64 Debian system, root, and perl to send datagrams.

. "$(dirname "$0")/common.sh"
need_root
need unshare perl

cat >"$work/send" <<'EOF'
use Socket;
socket(my $socket, PF_INET, SOCK_DGRAM, 0) or die;
send($socket, 'x', 0, sockaddr_in(9, INADDR_LOOPBACK)) for 1 .. $ARGV[0];
EOF

# outgoing NSTAT SENDS: sends as many datagrams in a fresh namespace and prints what nstat says of them there, or "none".
outgoing() {
    unshare --net sh -c '"$2" link set lo up; perl "$3" "$1"; "$0"' "$1" "$2" "$ip" "$work/send" >"$work/out"
    awk '$1 == "UdpOutDatagrams" { print $2; found = 1 } END { if (!found) print "none" }' "$work/out"
}

for suite in bookworm trixie sid; do
    iproute2 $suite
    ip=$(tool $suite ip)
    nstat=$(tool $suite nstat)
    "$ip" -V
    # The place of the file; without it the file lies in /tmp and has the number of the user in its name.
    export NSTAT_HISTORY="$work/history-$suite"
    expect 'first namespace, 1000 datagrams' 1000 "$(outgoing "$nstat" 1000)"
    expect 'second namespace, 1500 datagrams' 500 "$(outgoing "$nstat" 1500)"
    expect 'third namespace, 10 datagrams' none "$(outgoing "$nstat" 10)"
done
