# Dot-sourced by tests that need containers of runc, behind common.ps1.

# Makes a container: a root directory with the entries that a script block makes in it, and a configuration that another one changes.
function Start-Container {
    param([scriptblock] $Fill = { }, [scriptblock] $Configure = { }, [string[]] $Program = @('/bin/busybox', 'sleep', '600'), [string] $Size)
    $bundle = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $root = (New-Item -ItemType Directory "$bundle/rootfs").FullName
    if ($Size) { mount -t tmpfs -o "size=$Size,mode=755" container $root }
    if ($Program[0] -eq '/bin/busybox') {
        $null = New-Item -ItemType Directory "$root/bin"
        Copy-Item (Get-Command busybox -CommandType Application)[0].Source "$root/bin/busybox"
    }

    $null = & $Fill $root
    runc spec --bundle $bundle
    $config = Get-Content "$bundle/config.json" | ConvertFrom-Json
    $config.process.terminal = $false
    $config.process.args = $Program
    $config.root.readonly = $false
    $null = & $Configure $config
    ConvertTo-Json $config -Depth 20 | Set-Content "$bundle/config.json"

    # The container keeps the output it is given: a pipe of ours would stay open as long.
    $id = New-UniqueName
    sh -c 'runc run --detach --bundle "$1" "$2" > "$1/log" 2>&1 < /dev/null' run $bundle $id
    if ($LASTEXITCODE -ne 0) { throw "runc: $(Get-Content "$bundle/log")" }
    $init = (runc state $id | ConvertFrom-Json).pid
    Wait-Condition { (Get-Content "/proc/$init/comm") -notlike 'runc:*' }
    [pscustomobject]@{ Id = $id; Init = $init; Root = $root; Bundle = $bundle; HasMount = [bool]$Size; Place = [IO.File]::ResolveLinkTarget("/proc/$init/ns/pid", $false).Name }
}

function Stop-Container {
    param([Parameter(Mandatory)] $Container)
    runc delete --force $Container.Id
    if ($Container.HasMount) { umount $Container.Root }
    Remove-Item $Container.Bundle -Recurse -Force
}

# The processes of a container, as the host numbers them, and as it numbers them itself.
function Get-Inhabitant {
    param([Parameter(Mandatory)] $Container)
    foreach ($folder in [IO.Directory]::GetDirectories('/proc')) {
        if ((Split-Path $folder -Leaf) -match '^\d+$' -and (readlink "$folder/ns/pid") -eq $Container.Place) {
            $numbers = (Select-String '^NSpid:(.*)' "$folder/status").Matches.Groups[1].Value.Trim() -split '\s+'
            [pscustomobject]@{ Id = [int]$numbers[0]; Inner = [int]$numbers[-1] }
        }
    }
}

# All that a container could see of a visitor: its mounts, what its program has mapped, and its files.
function Get-ContainerSight {
    param([Parameter(Mandatory)] $Container)
    Get-Content "/proc/$($Container.Init)/mountinfo", "/proc/$($Container.Init)/maps" -Raw
    find "/proc/$($Container.Init)/root/" -xdev -printf '%p %y %s %m %U\n' | Sort-Object
}

# The mounts of the host that have to do with a container.
function Get-ContainerMount {
    param([Parameter(Mandatory)] $Container)
    Get-Content /proc/self/mountinfo | Where-Object { $_ -match $Container.Id -or $_ -match (Split-Path $Container.Bundle -Leaf) -or $_ -match '/\.ps\b' }
}
