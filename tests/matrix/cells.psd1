# The machines of the matrix. Suite: where the root comes from. Kernel: the version, and the suite that
# serves it; a cell without one is no machine, but that root on the kernel of the host. Runs: as whom the
# suite runs. Prepare: what the machine does before, in sh. With: the words before each run. Append: words for the kernel. Image: a root
# with the packages of images.psd1. Groups: the files with the steps, for docs/containers.md. Refused: steps that this place rightly
# refuses, with the error id. Refuses: an error id with which it may refuse any step. Musl: PowerShell runs on the musl of the suite.
# Framework: no root, but the unit tests on that version of .NET.
@{
    'bullseye' = @{ About = 'Debian 11 on the kernel of the host'; Suite = 'bullseye'; Runs = 'root', 'user' }
    'bookworm' = @{ About = 'Debian 12 on the kernel of the host'; Suite = 'bookworm'; Runs = 'root', 'user' }
    'trixie'   = @{ About = 'Debian 13 on the kernel of the host'; Suite = 'trixie'; Runs = 'root', 'user' }
    'sid'      = @{ About = 'Debian sid on the kernel of the host'; Suite = 'sid'; Runs = 'root', 'user' }
    # PowerShell runs on the musl of that suite, all else in the root on its glibc. musl has no makecontext(3), so nothing starts, and an ordinary
    # user has no child that goes where the rights of an owner are needed.
    'musl' = @{
        About = 'PowerShell on the musl of Debian 13, on the kernel of the host'; Suite = 'trixie'; Musl = $true; Runs = 'root', 'user'
        Refuses = 'SpawnNotSupported'; Refused = @{ 'Get-NamespaceIpc shows what ipcs shows' = 'SystemCallFailed' }
    }
    'musl-1.2.3' = @{
        About = 'PowerShell on the musl of Debian 12, on the kernel of the host'; Suite = 'bookworm'; Musl = $true; Runs = 'root', 'user'
        Refuses = 'SpawnNotSupported'; Refused = @{ 'Get-NamespaceIpc shows what ipcs shows' = 'SystemCallFailed' }
    }
    # No other system, but another .NET: the unit tests, for which PowerShell is not needed.
    'net8'    = @{ About = 'the unit tests on the runtime of PowerShell 7.4'; Framework = 'net8.0'; Runs = , 'root' }
    # mount_setattr, which makes a tree read-only at once, is there from Linux 5.12 on.
    '5.10'    = @{ Suite = 'bullseye'; Kernel = '5.10', 'bullseye'; Runs = 'root', 'user'; Refused = @{ 'a sandbox' = 'MountRefused' } }
    '6.1'     = @{ Suite = 'bookworm'; Kernel = '6.1', 'bookworm'; Runs = 'root', 'user' }
    '6.12'    = @{ Suite = 'trixie'; Kernel = '6.12', 'trixie'; Runs = 'root', 'user' }
    '7.2'     = @{ Suite = 'sid'; Kernel = '7.2', 'sid'; Runs = 'root', 'user' }
    '7.3'     = @{ Suite = 'trixie'; Kernel = '7.3', 'trixie-backports'; Runs = 'root', 'user' }
    'arm64'   = @{ About = 'a Debian kernel on neoverse-n1'; Suite = 'trixie'; Kernel = '6.12', 'trixie'; Architecture = 'arm64'; Runs = 'root', 'user' }
    'hidepid' = @{ About = '/proc with hidepid=2'; Suite = 'trixie'; Kernel = '7.3', 'trixie-backports'; Prepare = 'mount -o remount,hidepid=2 /proc'; Runs = 'root', 'user' }
    'pid1'    = @{ About = 'PowerShell as PID 1 of a pid namespace'; Suite = 'trixie'; Kernel = '7.3', 'trixie-backports'; With = 'unshare --mount --pid --fork --mount-proc'; Runs = , 'root' }
    'noclone' = @{
        About = 'kernel.unprivileged_userns_clone = 0'; Suite = 'trixie'; Kernel = '6.12', 'trixie'; Prepare = 'echo 0 >/proc/sys/kernel/unprivileged_userns_clone'; Runs = , 'user'
        Refused = @{
            'a new host name' = 'UserNamespaceBlocked'; 'all eight types at once' = 'UserNamespaceBlocked'; 'PID 1 with a /proc of its own' = 'UserNamespaceBlocked'
            'root inside' = 'UserNamespaceBlocked'; 'a range of ids' = 'UserNamespaceBlocked'; 'a root file system of its own' = 'UserNamespaceBlocked'; 'a clock of its own' = 'UserNamespaceBlocked'
            'files of its own' = 'UserNamespaceBlocked'; 'a sandbox' = 'UserNamespaceBlocked'; 'ends with its session' = 'UserNamespaceBlocked'
            'an init that reaps' = 'UserNamespaceBlocked'; 'environment, directory and input' = 'UserNamespaceBlocked'; 'a script block inside' = 'UserNamespaceBlocked'
            'a session to a namespace' = 'UserNamespaceBlocked'; 'a net namespace of an ordinary user' = 'UserNamespaceBlocked'; 'interfaces in another user namespace' = 'UserNamespaceBlocked'
            'the kernel ends it with its session where it can' = 'UserNamespaceBlocked'; 'a mount namespace of its root alone where the kernel makes one' = 'UserNamespaceBlocked'
        }
    }
    'lockdown' = @{ About = 'lockdown=confidentiality'; Suite = 'trixie'; Kernel = '7.3', 'trixie-backports'; Append = 'lockdown=confidentiality'; Runs = , 'root' }
    'rootless' = @{
        About = 'root of a user namespace (a rootless container)'; Suite = 'trixie'; Kernel = '7.3', 'trixie-backports'; Runs = , 'root'; Refused = @{ 'a range of ids' = 'IdMapRefused' }
        With = 'setpriv --reuid 1000 --regid 1000 --clear-groups unshare --user --map-root-user --mount --net --uts --pid --fork --mount-proc sh -c ''mount -t tmpfs tmpfs /run; exec "$@"'' sh'
    }
    'selinux' = @{
        About = 'SELinux enforces the policy of Debian'; Suite = 'trixie'; Kernel = '6.12', 'trixie'; Image = 'selinux'; Append = 'security=selinux selinux=1'; Prepare = 'sh /matrix/tests/matrix/enforce'
        With = 'sh /matrix/tests/matrix/enforce login'; Runs = 'root', 'user'
    }
    # 'engines' names all of these.
    'engines-docker'    = @{ Suite = 'sid'; Kernel = '7.2', 'sid'; Image = 'engines'; Runs = , 'root'; Groups = 'Docker'; Systemd = $true; Memory = '3G' }
    'engines-podman'    = @{ Suite = 'sid'; Kernel = '7.2', 'sid'; Image = 'engines'; Runs = 'root', 'user'; Groups = 'Podman'; Systemd = $true; Memory = '3G'; Prepare = 'sh /matrix/tests/matrix/linger' }
    'engines-systemd'   = @{ Suite = 'sid'; Kernel = '7.2', 'sid'; Image = 'engines'; Runs = , 'root'; Groups = 'Systemd'; Systemd = $true; Memory = '3G' }
    'engines-runtimes'  = @{ Suite = 'sid'; Kernel = '7.2', 'sid'; Image = 'engines'; Runs = , 'root'; Groups = 'Runtimes'; Systemd = $true; Memory = '3G' }
    'engines-sandboxes' = @{ Suite = 'sid'; Kernel = '7.2', 'sid'; Image = 'engines'; Runs = , 'root'; Groups = 'Sandboxes'; Systemd = $true; Memory = '3G'; Prepare = 'sh /matrix/tests/matrix/linger' }
}
