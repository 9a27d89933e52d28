using System;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>
/// Something read on a machine. It keeps the name of that machine in a file or another session: its numbers have a meaning there alone, until the
/// machine starts again.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "PowerShell shows and serializes properties of instances only.")]
public abstract class MachineRecord
{
    private protected MachineRecord()
    {
    }

    /// <summary>The host name of the machine it was read on, as the session saw it.</summary>
    public string MachineName => Environment.MachineName;

    /// <summary>
    /// The id that the kernel gave itself when it started (<c>/proc/sys/kernel/random/boot_id</c>); null where that cannot be read. A
    /// container has the same, unless its manager mounts another over it, as systemd-nspawn does.
    /// </summary>
    public string? BootId => IMachine.This.BootId;
}
