# Dot-sourced by the tests of Watch-Namespace, after common.ps1.

# Watches in another runspace, from before this function returns. Stop-Watch ends it.
function Start-Watch {
    param([hashtable] $Arguments = @{})
    $shell = [powershell]::Create().AddScript('Import-Module $args[0]; $a = $args[1]; Watch-Namespace @a').AddArgument($ModulePath).AddArgument($Arguments)
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $output.EnumeratorNeverBlocks = $true
    $nothing = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $nothing.Complete()
    $watch = [pscustomobject]@{ Shell = $shell; Output = $output; Running = $shell.BeginInvoke($nothing, $output) }
    Wait-Condition { $watch.Output.Count -or $watch.Running.IsCompleted }
    $watch
}

# Waits for an event, and gives it.
function Wait-WatchedEvent {
    param([Parameter(Mandatory)] [object] $Watch, [Parameter(Mandatory)] [scriptblock] $Filter)
    Wait-Condition { @($Watch.Output) | Where-Object $Filter }
    @($Watch.Output) | Where-Object $Filter | Select-Object -First 1
}

function Stop-Watch {
    param([Parameter(Mandatory)] [object] $Watch)
    $Watch.Shell.Stop()
    $Watch.Shell.Dispose()
}
