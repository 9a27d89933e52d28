# PowerShell is killed while a start is under way: at each gate, where child and session wait for each other, and before each mount. HERE is a folder whose
# mounts are shared, so that the host would see what leaks out of the child, and BESIDE one beside it. A program that runs leaves a mark there.
BeforeDiscovery {
    $isRoot = (id -u) -eq '0'
    $canTrace = $isRoot -and (Get-Command gcc -CommandType Application -ErrorAction Ignore)
    $maps = '-UidMap 0:0:1, 1:100000:10 -GidMap 0:0:1, 1:100000:10 -Type Pid'
    $system = "-Tmpfs / -ReadOnlyBind /usr, /etc -Symlink @{ '/bin' = 'usr/bin'; '/lib' = 'usr/lib'; '/lib64' = 'usr/lib64' }"
    $sets = @(
        @{ Name = 'maps of ids, a bind and a tmpfs'; Binds = , 'HERE/src:HERE/point'; Words = "$maps -Tmpfs HERE/low" }
        @{ Name = 'maps of ids, and a covered file'; Words = "$maps -File @{ 'HERE/src/file' = 'other' } -Mask HERE/low -MountProc" }
        @{ Name = 'maps of ids, and a reaper'; Words = "$maps -Init -Dev -Overlay HERE/low -ReadOnlyBind HERE/src:HERE/point" }
        @{ Name = 'a read-only root, and a reaper'; Binds = , 'HERE/src:HERE/point'; Words = '-Init -MountProc -Dev -ReadOnlyRoot -Mask HERE/low' }
        @{ Name = 'an overlay that is kept, and a reaper'; Words = "-Init -Overlay @{ Lower = 'HERE/low'; Target = 'HERE/point'; Upper = 'BESIDE/upper'; Work = 'BESIDE/work' }" }
        @{ Name = 'a root of its own, and a directory in it'; Binds = , 'HERE/src:/data/deep'; Words = "$system -Type Pid -MountProc -Dev -File @{ '/opt/made' = 'x' } -WorkingDirectory /data/deep" }
        @{ Name = 'a user who owns the namespaces'; Binds = , 'HERE/src:HERE/point'; Words = '-Owner 65534:65534 -MapRootUser -Type Pid -Tmpfs HERE/low -WorkingDirectory /' }
        @{ Name = '-Sandbox, and the end of the session'; Binds = , 'HERE/src:/data'; Words = '-Sandbox -ParentDeathSignal TERM' }
    )
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $mark = New-UniqueName
    $folder = Join-Path ([IO.Path]::GetTempPath()) $mark
    $beside = "$folder-beside"
    $null = New-Item -ItemType Directory $folder, "$folder/src", "$folder/low", "$folder/point", $beside, "$beside/upper", "$beside/work"
    Set-Content "$folder/src/file" one
    Set-Content "$folder/low/file" low
    chmod -R 0777 $folder $beside
    if ((id -u) -eq '0') {
        mount --bind $folder $folder
        mount --make-shared $folder
        $killgate = Get-Helper killgate
    }

    # All there is of it on the host, without the module: mounts, files with their modes and times, contents.
    function Get-HostState {
        @(Get-Content /proc/self/mountinfo) -match $mark
        find $folder -printf '%p %y %m %U %s %T@ %i %l\n' | Sort-Object
        Get-Content "$folder/src/file", "$folder/low/file"
        Get-ChildItem "$beside/upper" -Force | ForEach-Object Name
    }

    # The start, which has the folder for the mark too.
    function Get-Start {
        param([string] $Words, [string[]] $Binds)
        "New-NamespaceProcess $Words -Bind $($Binds + 'BESIDE' -join ', ')".Replace('HERE', $folder).Replace('BESIDE', $beside)
    }

    # How many gates a start has, as it says itself.
    function Get-GateCount {
        param([string] $Start)
        $plan = & $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; $Start -Verbose -Wait -- true 4>&1"
        @($plan -match 'wait: the session').Count
    }

    function Invoke-Killed {
        param([string] $Kind, [int] $Number, [string] $Start)
        & $killgate $Kind $Number $pwsh -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; `$null = $Start -Wait -- sh -c 'echo ran > $beside/ran' $mark"
    }

    # Kills at one point after the other until there is none, and gives the points. Nothing has run, and nothing is left.
    function Test-EachPoint {
        param([string] $Kind, [string] $Start)
        $before = Get-HostState
        for ($number = 1; ; $number++) {
            $point, $left = Invoke-Killed $Kind $number $Start
            $left | Should -BeNullOrEmpty -Because "no process stays where the session is killed at '$point'"
            pgrep -f $mark | Should -BeNullOrEmpty
            Get-HostState | Should -Be $before -Because "nothing changes where the session is killed at '$point'"
            Test-Path "$beside/ran" | Should -Be ($point -eq 'none') -Because "the program runs only after '$point'"
            $point
            if ($point -eq 'none') { break }
        }

        Remove-Item -Force "$beside/ran"
    }

    $pwsh = [Environment]::ProcessPath
}

AfterAll {
    if ((id -u) -eq '0') { umount $folder }
    chmod -R u+rwX $folder $beside
    Remove-Item -Recurse -Force $folder, $beside
}

Describe 'A start whose session is killed' -Tag 'needs root, and gcc' -Skip:(-not $canTrace) {
    It 'leaves nothing at any gate: <Name>' -Tag T250 -ForEach $sets {
        $start = Get-Start $Words $Binds
        $gates = Get-GateCount $start
        $gates | Should -BeGreaterThan 0
        $expected = @(for ($gate = 0; $gate -lt $gates; $gate++) { "reach $gate"; "open $gate" }) + 'none'
        Test-EachPoint gates $start | Should -Be $expected
    }

    It 'leaves nothing before any mount of its child, of which each waits for a gate' -Tag T251 {
        $points = Test-EachPoint mounts (Get-Start '-Init -MountProc -ReadOnlyRoot -Overlay HERE/low' 'HERE/src:HERE/point')
        $points | Select-Object -Last 3 | Should -Be 'reach 0', 'open 0', 'none'
        @($points -eq 'move_mount').Count | Should -BeGreaterThan 2
        $points | Should -Contain 'pivot_root'
    }
}
