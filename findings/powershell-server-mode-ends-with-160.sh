#!/bin/sh
# pwsh -ServerMode ends a session that was closed properly with exit code 160 and an error message.
#
# Version:     PowerShell 7.6.9 (NuGet tool package PowerShell).
# Expectation: a client that speaks the remoting protocol over pipes sends Close, gets CloseAck, and closes the pipe. The server has done
#              what it was asked to and exits with 0, silently.
# Behaviour:   it answers CloseAck, and then takes the end of its input for a broken packet: it writes 'An unknown element "" was received.
#              This can happen if the remote process closed or ended abnormally.' to standard error and exits with 160. An input that
#              ends at once, without any packet, ends the same way. A transport of one's own cannot tell a clean end from a lost
#              connection by the exit code.
# Needs:       an x86-64 Debian system and the .NET SDK 10.

. "$(dirname "$0")/common.sh"
need dotnet
powershell 7.6.9
echo "PowerShell $(pwsh -NoProfile -Command '"$($PSVersionTable.PSVersion)"')"

message='An unknown element "" was received. This can happen if the remote process closed or ended abnormally.'
close="PSGuid='00000000-0000-0000-0000-000000000000' />"

code=0
printf '%s\n' "<Close $close" | pwsh -ServerMode >"$work/out" 2>"$work/err" || code=$?
expect 'answer to Close' "<CloseAck $close" "$(cat "$work/out")"
expect 'exit code' 160 "$code"
expect 'standard error' "$message" "$(cat "$work/err")"

code=0
pwsh -ServerMode </dev/null >"$work/out" 2>"$work/err" || code=$?
expect 'answer to an empty input' '' "$(cat "$work/out")"
expect 'exit code' 160 "$code"
expect 'standard error' "$message" "$(cat "$work/err")"
