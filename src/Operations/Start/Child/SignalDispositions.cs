using System.Collections.Generic;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>The disposition of each signal in this process. The runtime catches some and ignores SIGPIPE; a child must not.</summary>
internal static unsafe class SignalDispositions
{
    /// <summary>sizeof(struct sigaction) on 64-bit glibc; all zero is the default action.</summary>
    internal static int ActionSize => sizeof(LibC.sigaction_t);

    /// <summary>Signals are numbered from 1 to this.</summary>
    internal const int Count = 64;

    private const int FirstRealTime = 32;

    // Asked for once: a process has these from who started it, or from its runtime's start. A handler set later is one that execve takes
    // back anyway; until then a real-time signal would have to be sent to the child itself, whose number nobody knows yet.
    private static readonly int[] s_realTime = [.. ReadChanged(FirstRealTime, Count)];

    /// <summary>The signals that are ignored or caught.</summary>
    internal static List<int> ReadChanged()
    {
        List<int> changed = ReadChanged(1, FirstRealTime - 1);
        changed.AddRange(s_realTime);
        return changed;
    }

    private static List<int> ReadChanged(int first, int last)
    {
        List<int> changed = new(24);
        LibC.sigaction_t action;
        for (int signal = first; signal <= last; signal++)
        {
            // Fails for the two glibc keeps for itself: it only ever catches those, and a caught signal is reset by execve.
            if (LibC.sigaction(signal, null, &action) == 0 && action.sa_handler != 0)
            {
                changed.Add(signal);
            }
        }

        return changed;
    }
}
