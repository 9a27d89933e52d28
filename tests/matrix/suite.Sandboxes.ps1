# Sandboxes, which have no names of their own: they are found by their processes. Dot-sourced by steps.ps1.
. (Join-Path $PSScriptRoot engines.ps1)
$versions = Get-EngineVersion bubblewrap firejail rootlesskit passt

function Start-Sandbox {
    param([string] $Name, [string[]] $Words, [switch] $AsUser)
    $options = $AsUser ? @('--uid=1000', '--gid=1000', '-pEnvironment=HOME=/home/tester', '-pEnvironment=XDG_RUNTIME_DIR=/run/user/1000') : @()
    $null = Start-Unit $Name $options $Words
    @{ Id = Find-Program $Name; Unit = $Name }
}

# All of it: some have a first process that waits for the others.
$kill = { param($c) systemctl kill --signal=KILL $c.Unit }
$bwrap = @('/usr/bin/bwrap', '--unshare-all', '--bind', $image, '/', '--proc', '/proc', '--dev', '/dev', '--as-pid-1') + $program
Kind 'bwrap' bwrap { Start-Sandbox mbwrap $bwrap } $kill -HasNoName
Kind 'bwrap of a user' bwrap { Start-Sandbox mbuser $bwrap -AsUser } $kill -HasNoName -Quick -As @{ UserId = '1000'; GroupId = '1000' }
Kind 'firejail' firejail { Start-Sandbox mfire (@('/usr/bin/firejail', '--noprofile', '--net=none', '--quiet') + $program) } $kill -HasNoName
Kind 'rootlesskit of a user' rootlesskit { Start-Sandbox mkit (@('/usr/bin/rootlesskit', '--net=slirp4netns', '--pidns', '--copy-up=/etc') + $program) -AsUser } $kill -HasNoName
Kind 'pasta of a user' pasta { Start-Sandbox mpasta (@('/usr/bin/pasta', '--config-net', '--') + $program) -AsUser } $kill -HasNoName
