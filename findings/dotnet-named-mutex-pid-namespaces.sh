#!/bin/sh
# A named Mutex of .NET is granted to two processes at once if they are in different pid namespaces and share /tmp.
#
# Version:     .NET 8.0.34, 9.0.23 and 10.0.15 (NuGet Microsoft.NETCore.App.Runtime.linux-x64), Debian 12's C library.
# Expectation: Mutex("Global\name") is held by one process at a time. It lives in files below /tmp/.dotnet, so all processes that see the
#              same /tmp share it. Two processes of one pid namespace behave so: the second waits in vain.
# Behaviour:   if each is process 1 of a pid namespace of its own, as in two containers with a common /tmp, both get it at once. It
#              is a recursive pthread mutex in shared memory. Its owner is a thread id, 1 for both main threads, so the second counts as
#              the owner, who may lock again.
#              If the second is process 2 of its namespace, it is refused as it should be.
# Needs:       an x86-64 Debian system, root, pid namespaces, and the .NET SDK 10. /tmp is a private one, in a mount namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need dotnet unshare mount

cat >"$work/mutex.cs" <<'EOF'
// Prints whether the mutex was granted within the given milliseconds, then waits to be killed, so that nobody releases it.
using var mutex = new Mutex(false, @"Global\finding");
Console.WriteLine(mutex.WaitOne(int.Parse(args[0])) ? "granted" : "refused");
Thread.Sleep(Timeout.Infinite);
EOF

cat >"$work/steps" <<'EOF'
# steps PROGRAM SECOND PREFIX...: starts the program twice and prints both answers. SECOND goes before the second program. Both are
# killed at the end.
program=$1
second=$2
shift 2
mount -t tmpfs -o size=16m none /tmp
answer() {
    until [ -s "$1" ]; do
        kill -0 "$2" || exit 1
        sleep 0.1
    done
    cat "$1"
}
"$@" "$program" 30000 >/tmp/first &
first=$!
answer /tmp/first $first
"$@" $second "$program" 1000 >/tmp/second &
other=$!
answer /tmp/second $other
kill -KILL $first $other
EOF

# The folder of the programs must not lie below the /tmp that is replaced.
hold=/run/finding.$$
mkdir "$hold"
cleanup='rm -rf "$hold"'
cp "$work/steps" "$hold/"

# apart FRAMEWORK SECOND: prints both answers of programs in two pid namespaces.
apart() {
    unshare --mount sh "$hold/steps" "$hold/$1/mutex" "$2" unshare --pid --fork --kill-child --mount-proc 2>/dev/null | paste -sd ' '
}

for version in net8.0:8.0.34 net9.0:9.0.23 net10.0:10.0.15; do
    framework=${version%:*}
    csharp mutex "$framework" "${version#*:}"
    mv "$work/$framework" "$hold/"
    echo ".NET ${version#*:}"
    expect 'one pid namespace' 'granted refused' \
        "$(unshare --mount sh "$hold/steps" "$hold/$framework/mutex" '' env 2>/dev/null | paste -sd ' ')"
    expect 'two pid namespaces, process 1 of both' 'granted granted' "$(apart "$framework" '')"
    # timeout stays process 1, and the program is its child.
    expect 'two pid namespaces, process 1 and process 2' 'granted refused' "$(apart "$framework" 'timeout 60')"
done
