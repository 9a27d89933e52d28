#!/bin/sh
# dmesg --ctime prints wrong dates in a time namespace, because the kernel log does not follow the namespace's clocks.
#
# Version:     util-linux 2.38.1 (Debian 12), 2.41.5 (Debian 13) and 2.42.4 (sid).
# Expectation: a time namespace changes what the monotonic clock says, not the calendar: date prints the same inside and outside. So dmesg
#              prints the same date for a message too.
# Behaviour:   the date is off by exactly the namespace's monotonic offset: ten days earlier with --monotonic 864000. dmesg computes the
#              moment of boot from the shifted clock of its namespace and adds the time stamp of the message, which the kernel took from a
#              clock that no namespace shifts. An offset of the boot time clock alone changes nothing. A container that was restored
#              with time offsets reads a kernel log with dates that never were.
# Needs:       an x86-64 Debian system, root, and time namespaces (Linux 5.6).

. "$(dirname "$0")/common.sh"
need_root
[ -e /proc/self/ns/time ] || fail 'this finding needs time namespaces'

echo '[    5.000000] a message' >"$work/log"

# seconds COMMAND...: prints the date of the message as seconds since 1970, as COMMAND dmesg sees it.
seconds() {
    stamp=$("$@" --ctime --file "$work/log")
    stamp=${stamp#\[}
    date --date "${stamp%%\]*}" +%s
}

# near A B: says whether two moments are at most two seconds apart; the date of the boot is computed anew each time.
near() {
    if [ $(($1 - $2)) -le 2 ] && [ $(($2 - $1)) -le 2 ]; then echo yes; else echo no; fi
}

for suite in bookworm trixie sid; do
    util_linux $suite
    unshare=$(tool $suite unshare)
    dmesg=$(tool $suite dmesg)
    "$dmesg" --version
    outside=$(seconds "$dmesg")
    boottime=$(seconds "$unshare" --time --fork --boottime 864000 "$dmesg")
    monotonic=$(seconds "$unshare" --time --fork --monotonic 864000 "$dmesg")
    expect 'same date with a boot time offset of ten days' yes "$(near "$boottime" "$outside")"
    expect 'ten days earlier with a monotonic offset of ten days' yes "$(near "$monotonic" $((outside - 864000)))"
    now=$("$unshare" --time --fork --monotonic 864000 date +%s)
    expect 'same calendar inside' yes "$(near "$now" "$(date +%s)")"
done
