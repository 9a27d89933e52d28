# Whatever a parameter is given: it works, or there is one error with an id of the module's catalogue, or PowerShell's own refusal of
# an argument. Never something that broke inside.
BeforeDiscovery {
    $isRoot = (id -u) -eq 0
    $commands = (Import-PowerShellDataFile "$(Split-Path $PSScriptRoot)/LinuxNamespaces.psd1").CmdletsToExport
}

BeforeAll {
    . $PSScriptRoot/common.ps1
    $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
    $about = Get-Content (Join-Path $ProjectRoot 'en-US/about_LinuxNamespaces.help.txt') -Raw
    $catalogue = [regex]::Matches(($about -replace '(?s)^.*\nERRORS\n' -replace '(?s)\nSEE ALSO\n.*'), '(?m)^        ([A-Z]\w+)(?: |$)').ForEach{ $_.Groups[1].Value }

    # What PowerShell says before a cmdlet is asked anything.
    $refusals = 'ParameterArgumentValidationError', 'ParameterArgumentValidationErrorNullNotAllowed', 'ParameterArgumentValidationErrorEmptyStringNotAllowed',
        'ParameterArgumentValidationErrorEmptyArrayNotAllowed', 'ParameterArgumentTransformationError', 'CannotConvertArgument', 'CannotConvertArgumentNoMessage',
        'AmbiguousParameterSet', 'MissingMandatoryParameter', 'InputObjectNotBound', 'MissingArgument', 'ScriptBlockArgumentNoInput'

    # What a variable of a script may hold.
    $values = [ordered]@{
        '$null'            = $null
        "''"               = ''
        "' '"              = ' '
        '@()'              = @()
        '@($null)'         = @($null)
        '@($null, $null)'  = @($null, $null)
        "@('')"            = @('')
        "@(1, `$null)"     = @(1, $null)
        '@{}'              = @{}
        '@{ $null-like }'  = @{ '' = $null }
        '{ }'              = {}
        '-1'               = -1
        '0'                = 0
        '1.5'              = 1.5
        '[ulong]::Max'     = [ulong]::MaxValue
        '[double]::NaN'    = [double]::NaN
        '[datetime]'       = [datetime]::new(2000, 1, 1)
        '[object]'         = [object]::new()
        '[pscustomobject]' = [pscustomobject]@{ Odd = 1 }
        '[pso Id null]'    = [pscustomobject]@{ Id = $null; Type = 'nosuch'; Inode = 'x' }
        "'['"              = '['
        "'/x['"            = '/x['
        "'*'"              = 'no-such-*'
        "'a/b'"            = 'a/b'
        "'nosuch:/x'"      = 'nosuchdrive:/x'
        "'NUL'"            = "a`0b"
        "'newline'"        = "a`nb"
        "'-x'"             = '-x'
        "'ä€'"             = "ä€`u{1F600}"
        "'lone surrogate'" = [string][char]0xD800
        "'long'"           = 'x' * 5000
        "':'"              = ':'
        "':x'"             = ':x'
        "'net:[1]'"        = 'net:[1]'
        "'99999999999'"    = '99999999999'
        "'docker:'"        = 'docker:'
        "'Env:'"           = 'Env:'
        "'HKLM:\x'"        = 'HKLM:\x'
        "'~'"              = '~nosuchuser/x'
    }

    # What a parameter is given that is not the one asked about.
    $net = New-UniqueName
    $null = New-NetNamespace $net
    $sleeper = New-NamespaceProcess -Type Uts sleep 1000
    $uts = Get-Namespace -ProcessId $sleeper.Id -Type Uts
    $plain = @{
        Name            = $net
        ProcessId       = $sleeper.Id
        Inode           = $uts.Inode
        ReferenceObject = $sleeper.Id
        Path            = "/run/netns/$net"
        LiteralPath     = "/run/netns/$net"
        NetNsId         = 'Auto'
        Type            = 'Uts'
        Limit           = 1000
        FilePath        = 'true'
        ScriptBlock     = { 1 }
    }

    # One way to use each command that is quick and changes nothing.
    function Get-PlainArgument {
        param([Management.Automation.CommandInfo] $Command, [string] $Set, [string] $Except)
        $arguments = @{}
        foreach ($other in $Command.ParameterSets | Where-Object Name -EQ $Set | ForEach-Object Parameters | Where-Object { $_.IsMandatory -and $_.Name -ne $Except }) {
            $arguments[$other.Name] = switch ($other.Name) {
                InputObject { $Command.Name -like '*NetNamespace*' ? (Get-NetNamespace $net) : $uts }
                All { $true }
                default { $plain[$_] }
            }
        }

        if ($Command.Name -in 'Connect-NetNamespace', 'Disconnect-NetNamespace' -and $Except -ne 'Name') { $arguments.Name = $net }
        if ($Command.Name -eq 'Mount-Namespace' -and $Except -ne 'Path') { $arguments.Path = '/run/nosuchplace' }
        if ($Command.Name -eq 'New-NetNamespace' -and $Except -ne 'Name') { $arguments.Name = New-UniqueName }
        if ($Command.Name -in 'New-NamespaceProcess' -and $Except -ne 'FilePath') { $arguments.FilePath = 'true' }
        if ($Command.Name -eq 'Invoke-NamespaceCommand' -and $Except -notin 'ProcessId', 'Name', 'Path', 'InputObject', 'New') { $arguments.ProcessId = $sleeper.Id }
        if ($Command.Name -eq 'Enter-Namespace' -and $Except -ne 'FilePath') { $arguments.FilePath = 'true' }
        if ($Command.Name -eq 'Watch-Namespace' -and $Except -ne 'TimeoutSec') { $arguments.TimeoutSec = 0.01 }
        if ($Command.Parameters.ContainsKey('WhatIf')) { $arguments.WhatIf = $true }
        $arguments
    }

    # Every error of a call, whether it ended it or not.
    function Get-Failure {
        param([Management.Automation.CommandInfo] $Command, [hashtable] $Arguments)
        try {
            & $Command @Arguments -ErrorAction Continue -WarningAction Ignore -InformationAction Ignore 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] }
        }
        catch {
            $_
        }
    }
}

AfterAll {
    $sleeper | Stop-Process -ErrorAction Ignore
    if ($net) { Remove-NetNamespace $net -ErrorAction Ignore }
}

Describe 'Odd values' -Skip:(-not $isRoot) -Tag Slow {
    It 'work, or are refused in one error of the catalogue: <_>' -ForEach $commands {
        $command = Get-Command $_
        $sets = $command.ParameterSets.Name
        $odd = [Collections.Generic.List[string]]::new()
        $calls = 0
        foreach ($parameter in $command.Parameters.Values | Where-Object { $_.Name -notin $common -and $_.Name -notin 'WhatIf', 'Confirm' -and $_.ParameterType -ne [switch] }) {
            $own = @($parameter.ParameterSets.Keys)
            $set = $own -contains '__AllParameterSets' ? @($sets | Sort-Object { $_ -eq 'ScriptBlock' })[0] : @($own | Sort-Object { $_ -eq 'ScriptBlock' })[0]
            foreach ($label in $values.Keys) {
                $arguments = Get-PlainArgument $command $set $parameter.Name
                $arguments[$parameter.Name] = $values[$label]
                $failures = @(Get-Failure $command $arguments)
                $calls++
                $where = "$command -$($parameter.Name) ${label}:"
                if ($failures.Count -gt 1 -and @($values[$label]).Count -le 1) {
                    $odd.Add("$where $($failures.Count) errors, $($failures.FullyQualifiedErrorId -join ' ')")
                }

                foreach ($failure in $failures) {
                    $id = "$($failure.FullyQualifiedErrorId)" -replace ',.*'
                    if ($id -cnotin $catalogue -and $id -cnotin $refusals) {
                        $odd.Add("$where $id, $($failure.Exception.GetType().Name): $($failure.Exception.Message -split "`n" | Select-Object -First 1)")
                    }
                    elseif ($id -cin $catalogue -and $id -cne 'NativeCommandError' -and -not $failure.ErrorDetails.RecommendedAction) {
                        $odd.Add("$where $id has no remedy")
                    }
                    elseif ($failure.Exception -is [NullReferenceException] -or $failure.Exception.InnerException -is [NullReferenceException]) {
                        $odd.Add("$where $id with a NullReferenceException")
                    }
                }
            }

            # From the pipeline too.
            if ($parameter.Attributes.Where{ $_ -is [Parameter] -and $_.ValueFromPipeline }) {
                foreach ($label in $values.Keys) {
                    $arguments = Get-PlainArgument $command $set $parameter.Name
                    $arguments.Remove($parameter.Name)
                    $failures = @(try { , $values[$label] | & $command @arguments -ErrorAction Continue -WarningAction Ignore 2>&1 | Where-Object { $_ -is [Management.Automation.ErrorRecord] } } catch { $_ })
                    $calls++
                    foreach ($failure in $failures) {
                        $id = "$($failure.FullyQualifiedErrorId)" -replace ',.*'
                        if ($id -cnotin $catalogue -and $id -cnotin $refusals) {
                            $odd.Add("$label | $command ($($parameter.Name)): $id, $($failure.Exception.GetType().Name): $($failure.Exception.Message -split "`n" | Select-Object -First 1)")
                        }
                    }
                }
            }
        }

        $calls | Should -BeGreaterThan 30
        ($odd | Sort-Object -Unique) -join "`n" | Should -BeNullOrEmpty
    }
}
