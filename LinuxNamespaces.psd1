@{
    NestedModules        = @('bin/LinuxNamespaces.Loader.dll', 'bin/LinuxNamespaces.dll')
    ModuleVersion        = '0.2.0'
    GUID                 = '6f1c6a0e-5d0e-4b63-9a6c-2f6f2f0c8a51'
    Author               = 'LinuxNamespaces contributors'
    CompanyName          = 'LinuxNamespaces'
    Copyright            = 'Copyright (c) 2026 LinuxNamespaces contributors. MIT licence.'
    Description          = 'Linux namespaces as PowerShell objects: list them, start processes in new ones, go into existing ones, and build networks between them.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    TypesToProcess       = @('LinuxNamespaces.types.ps1xml')
    FormatsToProcess     = @('LinuxNamespaces.format.ps1xml')
    CmdletsToExport      = @(
        'Add-NetNamespaceRoute'
        'Compare-Namespace'
        'Connect-NetNamespace'
        'ConvertTo-NamespaceGraph'
        'ConvertTo-NamespaceId'
        'Disconnect-NetNamespace'
        'Dismount-Namespace'
        'Enter-Namespace'
        'Export-NamespaceMap'
        'Get-Namespace'
        'Get-NamespaceIdMap'
        'Get-NamespaceIpc'
        'Get-NamespaceLimit'
        'Get-NamespaceMount'
        'Get-NamespaceProcess'
        'Get-NetNamespace'
        'Get-NetNamespaceConnection'
        'Get-NetNamespaceInterface'
        'Get-NetNamespaceNeighbor'
        'Get-NetNamespaceRoute'
        'Invoke-NamespaceCommand'
        'Measure-Namespace'
        'Mount-Namespace'
        'Move-NetNamespaceInterface'
        'New-NamespaceProcess'
        'New-NamespaceSession'
        'New-NetNamespace'
        'New-NetNamespaceInterface'
        'Remove-NetNamespace'
        'Remove-NetNamespaceInterface'
        'Remove-NetNamespaceRoute'
        'Set-NamespaceLimit'
        'Set-NetNamespace'
        'Set-NetNamespaceInterface'
        'Watch-Namespace'
    )
    FunctionsToExport    = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags         = @('Linux', 'PSEdition_Core', 'namespace', 'container', 'lsns', 'unshare', 'nsenter', 'netns')
            ProjectUri   = 'https://github.com/LinuxNamespaces/LinuxNamespaces'
            LicenseUri   = 'https://github.com/LinuxNamespaces/LinuxNamespaces/blob/main/LICENSE'
            IconUri      = 'https://github.com/LinuxNamespaces/LinuxNamespaces/raw/main/icon.png'
            ReleaseNotes = 'Nothing runs in another place than the one that was named; sockets, routes, interfaces and sessions of any namespace; a page to look at. CHANGELOG.md in the package has the details.'
        }
    }
}
