# Dot-sourced by the tests of net namespaces, behind common.ps1. The ip program is the oracle here, never the tool.

# Runs a program in a named net namespace, or on the host where there is no name.
function Invoke-InNetNamespace {
    param([string] $Name, [Parameter(ValueFromRemainingArguments)] [string[]] $Command)
    $program, $arguments = if ($Name) { @('ip', 'netns', 'exec', $Name) + $Command } else { $Command }
    & $program @arguments
}

# Sends a text from one net namespace to an address in another and gives what comes back.
function Send-TcpEcho {
    param([string] $From, [string] $To, [Parameter(Mandatory)] [string] $Address, [string] $Text = 'hello')
    $echo = Get-Helper echo
    $command = @(if ($To) { 'ip', 'netns', 'exec', $To }) + @($echo, 'listen', $Address, '7777')
    $start = [Diagnostics.ProcessStartInfo]::new($command[0])
    $command | Select-Object -Skip 1 | ForEach-Object { $start.ArgumentList.Add($_) }
    $start.RedirectStandardOutput = $true
    $server = [Diagnostics.Process]::Start($start)
    try {
        if ($server.StandardOutput.ReadLine() -ne 'ready') {
            throw "Nobody listens on $Address in '$To'."
        }

        Invoke-InNetNamespace $From $echo send $Address 7777 $Text
    }
    finally {
        if (-not $server.HasExited) { $server.Kill() }
        $server.WaitForExit()
    }
}

# What is mounted on or below /run/netns, one line a mount, as the kernel tells it.
function Get-NetNamespaceMount {
    param([string] $Pattern = '*')
    Get-Content /proc/self/mountinfo | ForEach-Object { ($_ -split ' ')[4] } | Where-Object { $_ -like "/run/netns/$Pattern" }
}

# Runs a script block's text in a new PowerShell in a mount namespace of its own with an empty /run.
function Invoke-WithPrivateRun {
    param([Parameter(Mandatory)] [string] $Script, [string] $Setup = 'true', [string[]] $Prefix = @(), [string] $Unshare = '-m')
    $command = "`$ErrorActionPreference = 'Stop'; `$PSStyle.OutputRendering = 'PlainText'; Import-Module '$ModulePath'; $Script"
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))

    # What lies below would still be in the mount table; in a user namespace it cannot be taken away.
    $shell = "umount -R -l /run/netns 2> /dev/null; mount -t tmpfs tmpfs /run && $Setup && exec '$([Environment]::ProcessPath)' -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded"
    $line = @('env', "HOME=$UserHome", 'NO_COLOR=1') + $Prefix + @('unshare', $Unshare, '--propagation', 'private', 'sh', '-c', $shell)
    & $line[0] ($line | Select-Object -Skip 1) 2>&1 | ForEach-Object { "$_" }
}
