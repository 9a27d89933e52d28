# What a session pays that uses the module once: methods compiled, time in the compiler and memory, of the module as it is, of its IL alone, and of another build
# whose manifest $env:LINUXNAMESPACES_OTHER names. The engine's own share, with an empty binary module, is taken off.
. $PSScriptRoot/common.ps1

$folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
$null = New-Item -ItemType Directory "$folder/LinuxNamespaces/bin"
try {
    $empty = "$folder/empty.dll"
    Add-Type -OutputAssembly $empty -TypeDefinition 'using System.Management.Automation; [Cmdlet("Get", "Nothing")] public class GetNothing : PSCmdlet { [Parameter(Position = 0)] public string Text { get; set; } }'
    Copy-Item "$ProjectRoot/LinuxNamespaces.*" "$folder/LinuxNamespaces"
    Copy-Item "$ProjectRoot/bin/LinuxNamespaces*.dll" "$folder/LinuxNamespaces/bin"

    $calls = 'Get-Namespace -WarningAction Ignore; New-NamespaceProcess -Type Uts -Wait true; New-NetNamespace "first$PID"; Remove-NetNamespace "first$PID"'
    $nothing = 'Get-Nothing -WarningAction Ignore; Get-Nothing true; Get-Nothing "first$PID"; Get-Nothing "first$PID"'

    # Methods that are compiled again because they ran often are left out: how many depends on the machine.
    function Measure-FirstCall {
        param([string] $Module, [string] $Calls)
        $script = "`$count = [Runtime.JitInfo]::GetCompiledMethodCount(); `$time = [Runtime.JitInfo]::GetCompilationTime(); Import-Module '$Module'; `$null = . { $Calls }; [Runtime.JitInfo]::GetCompiledMethodCount() - `$count; ([Runtime.JitInfo]::GetCompilationTime() - `$time).TotalMilliseconds; [Diagnostics.Process]::GetCurrentProcess().WorkingSet64"
        env DOTNET_TC_CallCounting=0 ([Environment]::ProcessPath) -NoProfile -NonInteractive -Command $script
    }

    $contenders = [ordered]@{ engine = $empty, $nothing; module = "$ProjectRoot/LinuxNamespaces.psd1", $calls; il = "$folder/LinuxNamespaces/LinuxNamespaces.psd1", $calls }
    if ($env:LINUXNAMESPACES_OTHER) { $contenders.other = $env:LINUXNAMESPACES_OTHER, $calls }
    $counts = @{}
    $times = @{}
    $sizes = @{}
    foreach ($round in 1..5) {
        foreach ($name in $contenders.Keys) {
            $arguments = $contenders[$name]
            $count, $time, $size = Measure-FirstCall @arguments
            $counts[$name] += , [double]$count
            $times[$name] += , [double]$time
            $sizes[$name] += , [double]$size
        }
    }

    $count = @{}
    $time = @{}
    foreach ($name in $contenders.Keys) {
        $count[$name] = (Get-Median $counts[$name]) - (Get-Median $counts.engine)
        $time[$name] = (Get-Median $times[$name]) - (Get-Median $times.engine)
    }

    'First calls: {0:n0} methods, {1:n0} ms; IL alone {2:n0} methods, {3:n0} ms' -f $count.module, $time.module, $count.il, $time.il
    Write-Ratio 'Methods compiled by import and first calls / IL alone' ($count.module / $count.il) x 'at most 0.4'
    Write-Ratio 'Time in the compiler / IL alone' ($time.module / $time.il) x 'at most 0.4'
    if ($env:LINUXNAMESPACES_OTHER) {
        Write-Ratio 'Methods compiled / the other build' ($count.module / $count.other) x 'at most 0.4'
        Write-Ratio 'Time in the compiler / the other build' ($time.module / $time.other) x 'at most 0.4'
        Write-Ratio 'Memory of the session / with the other build' ((Get-Median $sizes.module) / (Get-Median $sizes.other)) x 'at most 0.9'
        Write-Ratio 'Memory of a session with an empty module / with the other build' ((Get-Median $sizes.engine) / (Get-Median $sizes.other)) x
    }
}
finally {
    Remove-Item $folder -Recurse -Force
}
