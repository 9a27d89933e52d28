#!/bin/sh
# Get-PSHostProcessInfo deletes the named pipes of living PowerShell processes that are in another pid namespace.
#
# Version:     PowerShell 7.6.9 (NuGet tool package PowerShell).
# Expectation: a cmdlet with the verb Get changes nothing. It lists processes by their pipes in the folder of temporary files.
# Behaviour:   run in a pid namespace with a /proc of its own and the same /tmp, as in a container with a common /tmp, it removes the pipe
#              of a PowerShell outside, whose process id means nothing inside, as if that process had ended. The process is untouched,
#              but Enter-PSHostProcess cannot reach it any more: outside it is no longer listed.
# Needs:       an x86-64 Debian system, root, pid namespaces, and the .NET SDK 10. /tmp is a private one, in a mount namespace of its own.

. "$(dirname "$0")/common.sh"
need_root
need dotnet unshare mount
powershell 7.6.9

cat >"$work/steps" <<'EOF'
set -eu
mount -t tmpfs -o size=64m none /tmp
mkfifo /tmp/in
pwsh -NoProfile -NonInteractive -Command '$PID; [Console]::In.ReadLine()' </tmp/in >/tmp/pid &
job=$!
exec 3>/tmp/in
until [ -s /tmp/pid ]; do
    kill -0 $job || exit 1
    sleep 0.1
done
# The process that has the pipe; the command that was started may be its parent.
process=$(cat /tmp/pid)
listed() { pwsh -NoProfile -NonInteractive -Command "@(Get-PSHostProcessInfo | Where-Object ProcessId -eq $process).Count"; }
pipes() { ls /tmp | grep -c "^CoreFxPipe_PSHost\..*\.$process\." || :; }
echo "before: $(listed) listed, $(pipes) pipe"
unshare --pid --fork --mount-proc pwsh -NoProfile -NonInteractive -Command 'Get-PSHostProcessInfo' >/dev/null
echo "after: $(listed) listed, $(pipes) pipe"
kill -0 "$process" && echo 'the process lives'
exec 3>&-
wait $job
EOF

hold=/run/finding.$$
mkdir "$hold"
cleanup='rm -rf "$hold"'
mv "$work/pwsh" "$work/steps" "$hold/"
PATH=$hold/pwsh:$PATH
echo "PowerShell $(pwsh -NoProfile -Command '"$($PSVersionTable.PSVersion)"')"
unshare --mount sh "$hold/steps" >"$work/out"
expect 'seen' 'before: 1 listed, 1 pipe|after: 0 listed, 0 pipe|the process lives' "$(paste -sd '|' "$work/out")"
