#!/bin/sh
# Invoke-Command computes an argument of a remote command on the calling side, unless it needs a variable.
#
# Version:     PowerShell 7.6.9, and with it any session: over ssh, to a container or to another process.
# Expectation: a script block runs in the session that -Session names: all of it, as with one expression.
# Behaviour:   [Environment]::ProcessId as an argument of a command is the PID of the caller, sent along as a constant. The expression
#              alone is the PID of the session, and so is the variable $PID as an argument. Stop-Process -Id ([Environment]::ProcessId)
#              therefore ends the caller. Two commands in one block, or the block in a variable, change nothing.
# Needs:       the .NET SDK 10.

. "$(dirname "$0")/common.sh"
need dotnet

dotnet tool install PowerShell --version 7.6.9 --tool-path "$work/tool" >/dev/null
cat >"$work/arguments.ps1" <<'EOF'
$runspace = [runspacefactory]::CreateOutOfProcessRunspace($null, [System.Management.Automation.Runspaces.PowerShellProcessInstance]::new())
$runspace.Open()
$session = [System.Management.Automation.Runspaces.PSSession]::Create($runspace, 'Process', $null)
$names = @{ $PID = 'caller'; (Invoke-Command -Session $session { $PID }) = 'session' }
$names[(Invoke-Command -Session $session { [Environment]::ProcessId })]
$names[(Invoke-Command -Session $session { Write-Output $PID })]
$names[(Invoke-Command -Session $session { Write-Output ([Environment]::ProcessId) })]
$runspace.Dispose()
EOF
"$work/tool/pwsh" -NoProfile -NonInteractive -File "$work/arguments.ps1" >"$work/seen"
expect 'an expression' session "$(sed -n 1p "$work/seen")"
expect 'a variable as an argument' session "$(sed -n 2p "$work/seen")"
expect 'an expression as an argument' caller "$(sed -n 3p "$work/seen")"
