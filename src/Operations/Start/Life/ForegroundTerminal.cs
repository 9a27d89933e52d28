using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Start.Life;

/// <summary>
/// The terminal, lent to a child for the time of one block, as .NET lends it to its own. Line editing is off while the child has it.
/// Afterwards the session's settings and foreground process group are restored. A shell that is PID 1 of a pid namespace cannot give
/// the group back itself, because it has no name for it.
/// </summary>
internal sealed class ForegroundTerminal : IDisposable
{
    private const int Terminal = 0;

    private readonly int _group;

    private ForegroundTerminal(int group) => _group = group;

    /// <summary>Lends it; null where the session has no terminal or is not in its foreground.</summary>
    internal static ForegroundTerminal? Lend()
    {
        int group = LibC.tcgetpgrp(Terminal);
        if (group < 0 || group != LibC.getpgrp())
        {
            return null;
        }

        SystemNative.SystemNative_ConfigureTerminalForChildProcess(1);
        return new ForegroundTerminal(group);
    }

    public void Dispose()
    {
        // From the background the call is answered with SIGTTOU, unless that is blocked.
        using (SignalMask.Full())
        {
            _ = LibC.tcsetpgrp(Terminal, _group);
        }

        SystemNative.SystemNative_ConfigureTerminalForChildProcess(0);
    }
}
