#!/bin/sh
# A new network namespace copies the IPv4 interface settings of the initial one, not of the one it is made in, and no IPv6 settings.
#
# Version:     Linux 6.18 and older ones with net.core.devconf_inherit_init_net = 0, which is the default.
# Expectation: a new network namespace starts either with the kernel's defaults or with the settings of its maker, in both families alike.
# Behaviour:   net.ipv4.conf.all and .default are those that the initial namespace has at that moment, forwarding and rp_filter included.
#              A setting of the namespace in which unshare runs is not passed on. net.ipv6.conf starts with the defaults. A host that
#              forwards both families thus gives birth to namespaces that forward IPv4 alone.
# Needs:       root in the initial network namespace. One setting for future interfaces of the host is changed for an instant.

. "$(dirname "$0")/common.sh"
need_root
need unshare
[ "$(cat /proc/sys/net/core/devconf_inherit_init_net)" = 0 ] || fail 'this host has net.core.devconf_inherit_init_net set'

v4=/proc/sys/net/ipv4/conf/default/promote_secondaries
v6=/proc/sys/net/ipv6/conf/default/max_addresses
old4=$(cat $v4)
old6=$(cat $v6)
cleanup="echo $old4 >$v4; echo $old6 >$v6"
uname -r

fresh() { unshare --net cat "$1"; }
nested() { unshare --net sh -c "echo $2 >$1; exec unshare --net cat $1"; }

echo 1 >$v4
expect 'IPv4, 1 in the initial namespace' 1 "$(fresh $v4)"
expect 'IPv4, 1 in the initial namespace, 0 in the one that unshare runs in' 1 "$(nested $v4 0)"
echo 0 >$v4
expect 'IPv4, 0 in the initial namespace' 0 "$(fresh $v4)"
expect 'IPv4, 0 in the initial namespace, 1 in the one that unshare runs in' 0 "$(nested $v4 1)"
default6=$(fresh $v6)
echo $((default6 + 5)) >$v6
expect 'IPv6, 5 more than the default in the initial namespace' "$default6" "$(fresh $v6)"
