# Loads the assembly as it was compiled for this runtime and processor, or as IL where there is no such image. See docs/design.md.
$folder = "net$([Environment]::Version.Major).0-$([Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
$image = "$PSScriptRoot/bin/$folder/LinuxNamespaces.dll"
Import-Module ([IO.File]::Exists($image) ? $image : "$PSScriptRoot/bin/LinuxNamespaces.dll")
