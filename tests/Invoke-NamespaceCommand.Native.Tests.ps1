Describe 'A program inside, beside a native command of the same PowerShell' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $target = New-NamespaceProcess -MapRootUser -Type Uts sleep 600
    }

    AfterAll {
        Stop-Process -Id $target.Id
        Remove-Item -Recurse -Force $folder
    }

    Context 'The table' {
        BeforeAll {
            # One PowerShell runs each combination both ways; what it writes past its streams is compared as well.
            $table = Join-Path $folder 'table.ps1'
            Set-Content $table @'
param($ModulePath, [int] $Target, $Folder)
Import-Module $ModulePath
$PSStyle.OutputRendering = 'PlainText'
$kinds = [ordered]@{
    native = { sh -c $script }
    inside = { Invoke-NamespaceCommand -ProcessId $Target -FilePath sh -ArgumentList '-c', $script }
}
$scripts = [ordered]@{
    success = 'echo out; echo err >&2'
    failure = 'echo out; echo err >&2; exit 3'
    signal  = 'echo out; echo err >&2; kill -TERM $$'
}
$redirections = [ordered]@{ none = ''; null = '2>$null'; file = '2>$file'; merge = '2>&1'; all = '*>&1'; 'all file' = '*>$file'; 'output file' = '>$file' }
foreach ($native in $false, $true) {
    foreach ($preference in 'Continue', 'Stop') {
        foreach ($redirection in $redirections.Keys) {
            foreach ($outcome in $scripts.Keys) {
                $row = [ordered]@{ Case = "$preference, $redirection, $outcome, `$PSNativeCommandUseErrorActionPreference $native" }
                foreach ($kind in $kinds.Keys) {
                    $file = Join-Path $Folder 'redirected'
                    Remove-Item $file -ErrorAction Ignore
                    $script = $scripts[$outcome]
                    $command = "$($kinds[$kind]) $($redirections[$redirection])"
                    $row[$kind] = & {
                        $ErrorActionPreference = $preference
                        $PSNativeCommandUseErrorActionPreference = $native
                        $global:Error.Clear()
                        $global:LASTEXITCODE = 'unset'
                        $caught = ''
                        $run = [scriptblock]::Create("`$output = @($command); `$?")
                        $isOk = try { . $run } catch { $caught = $_.Exception.GetType().Name; '-' }
                        $chain = try { . ([scriptblock]::Create("$command && 'and' || 'or'")) } catch { 'caught' }
                        $kindOf = { "$($_.GetType().Name):$($_.FullyQualifiedErrorId -replace ',.*'):$_" }
                        $bytes = if (Test-Path $file) { [Text.Encoding]::Latin1.GetString([IO.File]::ReadAllBytes($file)) }

                        # Which of the two streams is first in one file is a matter of luck, natively as well.
                        $bytes = if ($redirection -eq 'all file') { $bytes -split '(?<=\n)' | Sort-Object | Join-String } else { $bytes }

                        # A record names who wrote it: the one word that differs.
                        $bytes = $bytes -replace '(?m)^Invoke-NamespaceCommand:', 'NativeCommandExitException:'
                        "`$? $isOk, code $global:LASTEXITCODE, caught '$caught', errors $($global:Error.Count), chain $($chain.ForEach($kindOf) | Sort-Object), output $($output.ForEach($kindOf) | Sort-Object), file '$bytes'"
                    }
                }

                [pscustomobject]$row
            }
        }
    }
}
'@
            $said = Join-Path $folder 'said'
            $rows = & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "& '$table' '$ModulePath' $($target.Id) '$folder' | ConvertTo-Json" 2>$said | ConvertFrom-Json
        }

        It 'has 84 rows whose two columns are equal' {
            $rows.Count | Should -Be 84
            ($rows | Where-Object { $_.native -cne $_.inside } | ForEach-Object { "$($_.Case)`n  native: $($_.native)`n  inside: $($_.inside)" }) -join "`n" | Should -BeNullOrEmpty
        }

        It 'has more than one value in each column' {
            ($rows.native | Sort-Object -Unique).Count | Should -BeGreaterThan 20
            ($rows.inside -match 'caught ''NativeCommandExitException''').Count | Should -BeGreaterThan 5
            ($rows.inside -match '\$\? False').Count | Should -BeGreaterThan 20
        }
    }

    It 'writes to the standard error stream of the session, as it comes: <Name>' -ForEach @(
        @{ Name = 'lines'; Script = 'printf "a\nb\n" >&2' }
        @{ Name = 'no newline at the end'; Script = 'printf prompt: >&2' }
        @{ Name = 'bytes'; Script = 'printf "\377\000\r\tx" >&2' }
    ) {
        $native = Join-Path $folder 'native'
        $inside = Join-Path $folder 'inside'
        sh -c $Script 2>&1 | Out-Null
        bash -c 'exec "$0" -NoProfile -NonInteractive -Command "sh -c ''$1''" 2>"$2"' ([Environment]::ProcessPath) $Script $native
        bash -c 'exec "$0" -NoProfile -NonInteractive -Command "Import-Module ''$3''; Invoke-NamespaceCommand -ProcessId $4 -- sh -c ''$1''" 2>"$2"' ([Environment]::ProcessPath) $Script $inside $ModulePath $target.Id
        [Convert]::ToHexString([IO.File]::ReadAllBytes($native)) | Should -Not -BeNullOrEmpty
        [Convert]::ToHexString([IO.File]::ReadAllBytes($inside)) | Should -Be ([Convert]::ToHexString([IO.File]::ReadAllBytes($native)))
    }

    It 'hands errors on while it runs' {
        $seen = [Diagnostics.Stopwatch]::StartNew()
        $first = $null
        Invoke-NamespaceCommand -ProcessId $target.Id -- sh -c 'echo early >&2; sleep 4' 2>&1 | ForEach-Object { $first ??= $seen.Elapsed.TotalSeconds }
        $first | Should -BeLessThan ($seen.Elapsed.TotalSeconds - 2)
    }

    It 'leaves no process behind when it is stopped' {
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$ModulePath'; Invoke-NamespaceCommand -ProcessId $($target.Id) -- sh -c 'echo begun >&2; exec sleep 71' 2>&1 | ForEach-Object { `$global:begun = 1; `$_ }")
        $output = [Management.Automation.PSDataCollection[psobject]]::new()
        $run = $shell.BeginInvoke([Management.Automation.PSDataCollection[psobject]]::new(), $output)
        Wait-Condition { $output.Count -gt 0 }
        $shell.Stop()
        Wait-Condition { $run.IsCompleted -and -not (pgrep -P $PID -x cat) -and -not (pgrep -x -f 'sleep 71') }
        $shell.Dispose()
    }

    It 'has of several programs the exit code of the first that failed, and makes $? false' {
        $null = $target, $target | Invoke-NamespaceCommand -FilePath sh -ArgumentList '-c', 'exit 5'
        "$? $LASTEXITCODE" | Should -Be 'False 5'
        $null = $target, $target | Invoke-NamespaceCommand -FilePath true
        "$? $LASTEXITCODE" | Should -Be 'True 0'
    }
}

Describe 'The words of a command' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $target = New-NamespaceProcess -HostName words -MapRootUser sleep 600
        $id = $target.Id
    }

    AfterAll {
        Stop-Process -Id $target.Id
        Remove-Item -Recurse -Force $folder
    }

    It 'are those of a target, a program and its arguments: <Name>' -ForEach @(
        @{ Name = 'a PID'; Command = { Invoke-NamespaceCommand $id -- sh -c 'echo $(hostname) $1 $2' sh -a --bb } }
        @{ Name = 'a process'; Command = { Invoke-NamespaceCommand $target -- sh -c 'echo $(hostname) $1 $2' sh -a --bb } }
        @{ Name = 'a named target'; Command = { Invoke-NamespaceCommand -ProcessId $id -- sh -c 'echo $(hostname) $1 $2' sh -a --bb } }
        @{ Name = 'a piped target'; Command = { $target | Invoke-NamespaceCommand -- sh -c 'echo $(hostname) $1 $2' sh -a --bb } }
        @{ Name = 'a type'; Command = { Invoke-NamespaceCommand $id -Type User, Uts -- sh -c 'echo $(hostname) $1 $2' sh -a --bb } }
        @{ Name = 'a script block'; Command = { Invoke-NamespaceCommand $id { "$(hostname) $args" } -- -a --bb } }
        @{ Name = 'fresh namespaces'; Command = { Invoke-NamespaceCommand -New User -MapRootUser -HostName words -- sh -c 'echo $(hostname) $1 $2' sh -a --bb } }
    ) {
        & $Command | Should -Be 'words -a --bb'
    }

    It 'of Enter-Namespace: <Name>' -ForEach @(
        @{ Name = 'a target'; Command = 'Enter-Namespace $id -- sh -c "hostname; exit 4"' }
        @{ Name = 'a named target'; Command = 'Enter-Namespace -ProcessId $id -- sh -c "hostname; exit 4"' }
        @{ Name = '-FilePath'; Command = 'Enter-Namespace -ProcessId $id -FilePath sh -ArgumentList "-c", "hostname; exit 4"' }
    ) {
        & ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command "Import-Module '$ModulePath'; `$id = $id; $Command; `"`$? `$LASTEXITCODE`"" | Should -Be 'words', 'False 4'
    }

    It 'without a program are an error' {
        { Invoke-NamespaceCommand $id } | Should -Throw -ErrorId 'InvalidRequest,*'
        { Invoke-NamespaceCommand 'no-such-place' -ErrorAction Stop -- true } | Should -Throw -ErrorId 'TargetNotFound,*'
    }

    It 'work within a job in the form that has no --' {
        $job = Start-Job { Import-Module $using:ModulePath; Invoke-NamespaceCommand -ProcessId $using:id -FilePath sh -ArgumentList '-c', 'hostname' }
        Receive-Job $job -Wait -AutoRemoveJob | Should -Be 'words'
    }

    It 'name a script file, which a PowerShell inside runs' {
        $file = Join-Path $folder 'script.ps1'
        Set-Content $file 'param($First, $Second) "$(hostname) $First+$Second"'
        Invoke-NamespaceCommand -ProcessId $id -FilePath $file -ArgumentList 1, 2 | Should -Be 'words 1+2'
        Push-Location $folder
        try { Invoke-NamespaceCommand $id -- ./script.ps1 1 2 | Should -Be 'words 1+2' }
        finally { Pop-Location }
    }
}

Describe 'Bytes, time and streams' {
    BeforeAll {
        . "$PSScriptRoot/common.ps1"
        $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
        $null = New-Item -ItemType Directory $folder
        $target = New-NamespaceProcess -MapRootUser -Type Uts sleep 600
        $id = $target.Id
    }

    AfterAll {
        Stop-Process -Id $target.Id
        Remove-Item -Recurse -Force $folder
    }

    It 'come as blocks, and reach a file through a native command or Set-Content as they are' {
        $source = Join-Path $folder 'source'
        head -c 300001 /dev/urandom > $source
        $blocks = @(Invoke-NamespaceCommand $id -AsByteStream -- cat $source)
        $blocks[0].GetType() | Should -Be ([byte[]])
        $blocks.Count | Should -BeLessThan 300
        Invoke-NamespaceCommand $id -AsByteStream -- cat $source | cat > "$folder/native"
        Invoke-NamespaceCommand $id -AsByteStream -- cat $source | Set-Content -AsByteStream "$folder/content"
        (sha256sum $source "$folder/native" "$folder/content" | ForEach-Object { $_.Split(' ')[0] } | Sort-Object -Unique).Count | Should -Be 1
    }

    It 'is up after -TimeoutSec: <Name>' -ForEach @(
        @{ Name = 'a program'; Command = { Invoke-NamespaceCommand $id -TimeoutSec 1 -ErrorAction Stop -- sleep 75 } }
        @{ Name = 'a program that has left another'; Command = { Invoke-NamespaceCommand $id -TimeoutSec 1 -ErrorAction Stop -- sh -c 'sleep 8 & exit 0' } }
        @{ Name = 'one that ignores TERM'; Command = { Invoke-NamespaceCommand $id -TimeoutSec 1 -ErrorAction Stop -- sh -c 'trap "" TERM; exec sleep 75' } }
        @{ Name = 'a script block'; Command = { Invoke-NamespaceCommand -ProcessId $id -TimeoutSec 1 -ErrorAction Stop { Start-Sleep 75 } } }
        @{ Name = 'Enter-Namespace'; Command = { Enter-Namespace -ProcessId $id -TimeoutSec 1 -FilePath sleep -ArgumentList 75 } }
    ) {
        $time = [Diagnostics.Stopwatch]::StartNew()
        $Command | Should -Throw -ErrorId 'ProcessTimedOut,*'
        $time.Elapsed.TotalSeconds | Should -BeLessThan 60
        Wait-Condition { -not (pgrep -x -f 'sleep 75' -P $PID) }
    }

    It 'leaves what ends in time alone' {
        Invoke-NamespaceCommand $id -TimeoutSec 60 -- echo done | Should -Be 'done'
        $LASTEXITCODE | Should -Be 0
    }

    It 'has the module''s cmdlets in a script block, those that start programs included' {
        Invoke-NamespaceCommand -ProcessId $id { (Get-Command Get-Namespace, Invoke-NamespaceCommand).Count; @(Get-Namespace -Type Uts -ProcessId $PID).Count; Invoke-NamespaceCommand -New User -MapRootUser -HostName deep { hostname } } |
            Should -Be 2, 1, 'deep'
    }

    It 'brings verbose, debug and information records as the session wants them' {
        $VerbosePreference = 'Continue'
        $DebugPreference = 'Continue'
        $records = Invoke-NamespaceCommand -ProcessId $id { Write-Verbose v; Write-Debug d; Write-Information i; Write-Host h } *>&1
        $records.ForEach{ "$($_.GetType().Name) $_" } | Should -Be 'VerboseRecord v', 'DebugRecord d', 'InformationRecord i', 'InformationRecord h'
    }

    It 'ends idle PowerShells when a namespace is mounted, dismounted or removed, and names them' {
        $inside = Invoke-NamespaceCommand -ProcessId $id -IdleTimeoutSec 600 { $PID }
        (Get-Content "/proc/$inside/cmdline") -replace "`0", ' ' | Should -BeLike "*runs script blocks of Invoke-NamespaceCommand for process $PID*"
        Dismount-Namespace -Path "$folder/none" -ErrorAction Ignore
        Wait-Condition { -not (Test-Path "/proc/$inside") }
    }
}
