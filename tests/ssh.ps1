# Dot-sourced by what needs PSSessions over ssh to this machine, behind common.ps1.

# Starts a server on a port and with keys of its own. Parameters is what New-PSSession and its like take.
function Start-SshServer {
    $folder = Join-Path ([IO.Path]::GetTempPath()) (New-UniqueName)
    $null = New-Item -ItemType Directory $folder
    chmod 700 $folder
    $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $port = $listener.LocalEndpoint.Port
    $listener.Stop()
    ssh-keygen -q -t ed25519 -N '' -f $folder/host
    ssh-keygen -q -t ed25519 -N '' -f $folder/user
    Copy-Item $folder/user.pub $folder/authorized
    Set-Content $folder/config "Port $port", 'ListenAddress 127.0.0.1', "HostKey $folder/host", "AuthorizedKeysFile $folder/authorized", 'StrictModes no', 'UsePAM no', 'PermitRootLogin yes', "PidFile $folder/pid", "Subsystem powershell $([Environment]::ProcessPath) -sshs -NoLogo -NoProfile"
    $null = New-Item -ItemType Directory -Force /run/sshd
    $process = Start-Process /usr/sbin/sshd -ArgumentList '-D', '-f', "$folder/config" -PassThru
    Wait-Condition { try { [Net.Sockets.TcpClient]::new('127.0.0.1', $port).Dispose(); $true } catch { $false } }
    [pscustomobject]@{
        Process = $process
        Folder = $folder
        Parameters = @{ HostName = '127.0.0.1'; Port = $port; KeyFilePath = "$folder/user"; Options = @{ StrictHostKeyChecking = 'no'; UserKnownHostsFile = '/dev/null'; LogLevel = 'ERROR' } }
    }
}

function Stop-SshServer {
    param([Parameter(Mandatory)] $Server)
    $Server.Process.Kill()
    $Server.Process.WaitForExit()
    Remove-Item $Server.Folder -Recurse -Force
}
