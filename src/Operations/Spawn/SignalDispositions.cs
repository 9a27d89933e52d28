using System.Collections.Generic;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations;

/// <summary>What this process does at each signal. The runtime catches some and ignores SIGPIPE; a child must not.</summary>
internal static unsafe class SignalDispositions
{
    /// <summary>sizeof(struct sigaction) on 64-bit glibc; all zero is the default action.</summary>
    internal const int ActionSize = 152;

    /// <summary>Signals are numbered from 1 to this.</summary>
    internal const int Count = 64;

    /// <summary>The signals that are ignored or caught.</summary>
    internal static List<int> ReadChanged()
    {
        List<int> changed = new(24);
        byte* action = stackalloc byte[ActionSize];
        for (int signal = 1; signal <= Count; signal++)
        {
            // Fails for the two glibc keeps for itself: it only ever catches those, and a caught signal is reset by execve.
            if (LibC.sigaction(signal, null, action) == 0 && *(nint*)action != 0)
            {
                changed.Add(signal);
            }
        }

        return changed;
    }
}
