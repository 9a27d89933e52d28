#!/bin/sh
# A .NET 10 program that is process 1 of its pid namespace survives SIGTERM, which .NET 8 and 9 did not.
#
# Version:     .NET 8.0.34, 9.0.23 and 10.0.15 (NuGet Microsoft.NETCore.App.Runtime.linux-x64).
# Expectation: .NET 10 has no default handler for SIGTERM any more. Its notes on breaking changes say that the action of the operating
#              system, which ends the program at once, takes its place. So a program ends with exit code 143 before and after the change.
# Behaviour:   as process 1, as in a container, the program built for .NET 8 and 9 ends with 143. Built for .NET 10 it goes on as if
#              nothing had been sent, until it is killed: for process 1 the default action is to drop the signal. Elsewhere all three end.
# Needs:       an x86-64 Debian system, root, pid namespaces, and the .NET SDK 10.

. "$(dirname "$0")/common.sh"
need_root
need dotnet unshare pgrep

cat >"$work/wait.cs" <<'EOF'
// Says that it is there, and waits for a line that says to end.
Console.WriteLine("ready");
Console.Out.Flush();
Console.ReadLine();
Environment.Exit(7);
EOF

# ended PREFIX...: starts the program, sends it SIGTERM, then gives it the line, and prints how it has ended: 143 if by the signal, 7 if by
# the line.
ended() {
    rm -f "$work/in" "$work/out"
    mkfifo "$work/in"
    "$@" <"$work/in" >"$work/out" &
    process=$!
    exec 3>"$work/in"
    until [ -s "$work/out" ]; do
        kill -0 $process || fail 'the program has not started'
        sleep 0.1
    done
    # Behind unshare the program is its child.
    target=$(pgrep -P $process || echo $process)
    kill -TERM "$target"
    # A program that is to end by the signal has the time that this takes at least; one that does not end reads the line then.
    count=0
    while [ -d "/proc/$target" ] && [ $count -lt "$patience" ]; do
        sleep 0.1
        count=$((count + 1))
    done
    echo >&3 2>/dev/null || :
    exec 3>&-
    code=0
    wait $process || code=$?
    echo $code
}

for version in net8.0:8.0.34 net9.0:9.0.23 net10.0:10.0.15; do
    framework=${version%:*}
    csharp wait "$framework" "${version#*:}"
    echo ".NET ${version#*:}"
    patience=600
    expect 'exit code in the pid namespace of the caller' 143 "$(trap '' PIPE; ended "$work/$framework/wait")"
    case $framework in
    net10.0)
        # Two seconds, after which it still answers.
        patience=20
        wanted=7
        ;;
    *) wanted=143 ;;
    esac
    expect 'exit code as process 1' $wanted "$(trap '' PIPE; ended unshare --pid --fork --mount-proc "$work/$framework/wait")"
done
