# Dot-sourced by every test file, from BeforeAll.
$ErrorActionPreference = 'Stop'

# ip and its like are not on an ordinary user's path.
if ($env:PATH -notmatch '(^|:)/usr/sbin(:|$)') {
    $env:PATH += ':/usr/sbin:/sbin'
}

$ProjectRoot = Split-Path $PSScriptRoot

# The module under test: the checkout's, or an unpacked package's.
$ModulePath = if ($env:LINUXNAMESPACES_MODULE) { $env:LINUXNAMESPACES_MODULE } else { Join-Path $ProjectRoot 'LinuxNamespaces.psd1' }
# The home of a PowerShell of another user, which writes there.
$UserHome = Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-home-$PID"
if (-not (Test-Path $UserHome)) {
    $null = New-Item -ItemType Directory $UserHome
    chmod 1777 $UserHome
}

# Tests start PowerShell with this module as other users, too. Those may not be let into the checkout (root's home is closed), so they get
# a copy of the module, and start in a folder that is open.
if ((id -u) -eq '0') {
    function Test-Reachable([string] $Path) {
        setpriv --reuid 65534 --regid 65534 --clear-groups test -r $Path
        $LASTEXITCODE -eq 0
    }

    $reachable = Join-Path $UserHome reachable
    if (-not (Test-Reachable $ModulePath)) {
        if (-not (Test-Path $reachable/module)) {
            $null = New-Item -ItemType Directory -Force $reachable/module
            foreach ($part in 'bin', 'en-US', 'assets', 'LinuxNamespaces.*') {
                Get-Item (Join-Path (Split-Path $ModulePath) $part) -Exclude '*.slnx' | Copy-Item -Destination $reachable/module -Recurse
            }

            chmod -R a+rX $reachable
        }

        $ModulePath = Join-Path $reachable "module/$(Split-Path $ModulePath -Leaf)"
    }

    if (-not (Test-Reachable .)) {
        Set-Location $UserHome
    }
}

Import-Module $ModulePath

# A machine may hide a process even from root; the warning is the subject of tests of its own.
$PSDefaultParameterValues['Get-Namespace:WarningAction'] = 'SilentlyContinue'
$PSDefaultParameterValues['Get-NamespaceProcess:WarningAction'] = 'SilentlyContinue'

# Compiles a C program of tests/helpers once for a whole run and gives its path.
function Get-Helper {
    param([Parameter(Mandatory)] [string] $Name)
    $folder = Join-Path ([IO.Path]::GetTempPath()) "linuxnamespaces-helpers-$PID"
    $program = Join-Path $folder $Name
    if (-not (Test-Path $program)) {
        $null = New-Item -ItemType Directory -Force $folder
        $source = Join-Path $ProjectRoot "tests/helpers/$Name.c"
        gcc -Wall -Werror -O2 -o $program $source
        if ($LASTEXITCODE -ne 0) {
            throw "gcc could not compile $source."
        }
    }

    $program
}

# Starts a helper that prints a line when it is ready and lives until its input ends.
function Start-Helper {
    param([Parameter(Mandatory)] [string] $Name, [string[]] $Arguments = @())
    $start = [Diagnostics.ProcessStartInfo]::new((Get-Helper $Name))
    foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $process = [Diagnostics.Process]::Start($start)
    $line = $process.StandardOutput.ReadLine()
    if ($null -eq $line) {
        throw "$Name ended before it was ready."
    }

    $process | Add-Member -NotePropertyName ReadyLine -NotePropertyValue $line -PassThru
}

function Stop-Helper {
    param([Parameter(Mandatory)] [Diagnostics.Process] $Process)
    $Process.StandardInput.Close()
    if (-not $Process.WaitForExit(20000)) {
        $Process.Kill()
    }

    $Process.Dispose()
}

# What the kernel itself says, without the module.
function Get-LinkInode {
    param([Parameter(Mandatory)] [int] $ProcessId, [Parameter(Mandatory)] [string] $Type)
    $text = readlink "/proc/$ProcessId/ns/$Type"
    if ($text -match '\[(\d+)\]') { [ulong]$Matches[1] }
}

function New-UniqueName {
    'lnt{0:x4}{1}' -f $PID, [guid]::NewGuid().ToString('n').Substring(0, 6)
}

# Runs a script block in a new PowerShell as an ordinary user, who may be the one that runs the tests; output as text.
function Invoke-AsUser {
    param([Parameter(Mandatory)] [string] $Script, [int] $UserId = 65534)
    $command = "`$ErrorActionPreference = 'Stop'; Import-Module '$ModulePath'; $Script"
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes($command))
    $pwsh = [Environment]::ProcessPath
    $who = (id -u) -eq '0' ? @('setpriv', '--reuid', $UserId, '--regid', $UserId, '--clear-groups') : @()
    env HOME=$UserHome NO_COLOR=1 @who $pwsh -NoProfile -NonInteractive -OutputFormat Text -EncodedCommand $encoded 2>&1
}

# Waits until a program with just this command line runs: what is typed to a shell takes its time to start.
function Wait-Program {
    param([Parameter(Mandatory)] [string] $CommandLine)
    Wait-Condition { pgrep -x -f $CommandLine }
}

# Waits until a process runs the program of that name: before its execve it still has the name of its maker.
function Wait-ProcessName {
    param([Parameter(Mandatory)] [int] $ProcessId, [Parameter(Mandatory)] [string] $Name)
    Wait-Condition { (Get-Content "/proc/$ProcessId/comm" -ErrorAction Ignore) -eq $Name }
}

# Waits until a process has gone, and has been waited for.
function Wait-ProcessEnd {
    param([Parameter(Mandatory)] [int] $ProcessId)
    Wait-Condition { -not (Test-Path "/proc/$ProcessId") }
}

# Waits until a process is in a namespace of its own, or in the one with that inode.
function Wait-Namespace {
    param([Parameter(Mandatory)] [int] $ProcessId, [Parameter(Mandatory)] [string] $Type, [ulong] $Inode)
    Wait-Condition { ($now = Get-LinkInode $ProcessId $Type) -and ($Inode ? $now -eq $Inode : $now -ne (Get-LinkInode $PID $Type)) }
}

# Waits until the threads that PowerShell keeps for the next start have ended: they linger for some seconds.
function Wait-IdleThread {
    param([int] $Left = 0)
    Wait-Condition { @(Get-Content "/proc/$PID/task/*/comm" -ErrorAction Ignore | Where-Object { $_ -like 'LinuxNamespaces*' -or $_ -like '.NET LinuxName*' }).Count -le $Left }
}

# Waits until the screen of a tmux server shows a pattern, and gives the screen.
function Wait-Screen {
    param([Parameter(Mandatory)] [string] $Socket, [Parameter(Mandatory)] [string] $Pattern, [int] $History = 0)
    $seen = @{}
    try { Wait-Condition { ($seen.Text = (tmux -L $Socket capture-pane -p -S "-$History") -join "`n") -match $Pattern } }
    catch { throw "No '$Pattern' in:`n$($seen.Text)" }
    $seen.Text
}

# Waits until something is so, however slow the machine is.
function Wait-Condition {
    param([Parameter(Mandatory)] [scriptblock] $Condition)
    $deadline = [DateTime]::Now.AddSeconds(60)
    while (-not (& $Condition)) {
        if ([DateTime]::Now -gt $deadline) { throw "It never came true: $Condition" }
        Start-Sleep -Milliseconds 20
    }
}

# Waits until a program that was stopped runs again. A shell gives it the terminal before; whether the shell hears of a stopped
# job's death by kill is a matter of luck with bash 5.2, namespaces or not.
function Wait-Continued {
    param([Parameter(Mandatory)] [string] $CommandLine)
    Wait-Condition { (ps -o stat= -p (pgrep -x -f $CommandLine)) -match '^[SR]' }
}
