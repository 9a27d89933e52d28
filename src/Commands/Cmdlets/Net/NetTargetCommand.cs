using System;
using System.Collections.Generic;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>The base of cmdlets that look into net namespaces.</summary>
public abstract class NetTargetCommand : TargetCommand
{
    private protected override string Subject => "net namespaces";

    /// <summary>Reads one namespace, and writes or keeps what is there.</summary>
    private protected abstract void LookAt(NetTarget target);

    /// <summary>Says that what was read may not be complete.</summary>
    private protected void WarnOvertaken(NetTarget target, string what) =>
        WriteWarning($"The {what} of {target.Name} changed while they were read: some may be missing, or gone already. Run the command again when they are stable.");

    /// <summary>Opens the targets one by one, and looks at each namespace once. An error of one leaves the others.</summary>
    private protected void LookAtEach<T>(IEnumerable<T> items, Func<T, NetTarget> open) => LookAtEach(items, open, LookAt);
}
