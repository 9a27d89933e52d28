# The module's main job on this machine. Nothing is changed, and no root is needed.
$ErrorActionPreference = 'Stop'
if ([Console]::IsOutputRedirected) { $PSStyle.OutputRendering = 'PlainText' }
Import-Module (Join-Path (Split-Path $PSScriptRoot) 'LinuxNamespaces.psd1')

'PS> Get-Namespace'
Get-Namespace | Out-Host

'PS> Get-Process -Id $PID | Get-Namespace | Format-Wide -Column 4'
Get-Process -Id $PID | Get-Namespace | Format-Wide -Column 4 | Out-Host

'PS> Get-Namespace -Type User, Mnt, Net -Hierarchy Owner'
Get-Namespace -Type User, Mnt, Net -Hierarchy Owner -WarningAction Ignore | Out-Host

'PS> Get-Namespace net | Format-List'
Get-Namespace net -WarningAction Ignore | Select-Object -First 1 | Format-List | Out-Host
