# Dot-sourced by the tests of going inside, behind common.ps1. Targets are made without the module.

# Starts a program that says 'ready' and then lives until it is stopped.
function Start-Ready {
    param([Parameter(Mandatory)] [string] $Program, [string[]] $Arguments)
    $start = [Diagnostics.ProcessStartInfo]::new($Program)
    foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    if ($process.StandardOutput.ReadLine() -ne 'ready') { throw "$Program $Arguments was not ready: $($process.StandardError.ReadToEnd())" }
    $process
}

# A process in fresh namespaces: options of unshare. It outlives the slowest run of a file; Stop-Target ends it.
function Start-Target {
    param([string[]] $Options)
    Start-Ready unshare ($Options + 'sh', '-c', 'echo ready; exec sleep 3600')
}

# A process with a root directory of its own: a small file system in memory with busybox, which commands may spoil.
# They run where it is still to become the root; $HOST is the outer root. Others run at last, when it is the root, before the program.
function Start-Jail {
    param([string] $Spoil = 'true', [string[]] $Options = @(), [string] $Size = '8m', [string] $Last = 'true', [string] $Program = '/bin/busybox sleep 300')
    $script = @"
cd / && mount --make-rprivate / && mount -t tmpfs -o size=$Size jail /mnt && cd /mnt && mkdir bin dev etc old proc tmp &&
cp '$((Get-Command busybox -CommandType Application | Select-Object -First 1).Source)' bin/busybox && ln -s busybox bin/sh && ln -s busybox bin/cat && mknod -m 666 dev/null c 1 3 && mount -t proc proc proc &&
{ $Spoil; } && pivot_root . old && exec /bin/busybox sh -c '/bin/busybox umount -l /old && $Last && echo ready && exec $Program'
"@
    Start-Ready unshare (@('-m') + $Options + 'sh', '-c', $script)
}

function Stop-Target {
    param([Diagnostics.Process] $Process)
    $Process.Kill($true)
    $Process.WaitForExit()
    $Process.Dispose()
}

# Of /proc/PID/ns.
$NamespaceLinks = 'cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'

function Get-OpenFileCount { [IO.Directory]::GetFileSystemEntries('/proc/self/fd').Count }
