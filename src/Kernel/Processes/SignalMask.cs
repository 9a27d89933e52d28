using System;
using System.Runtime.CompilerServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The signal mask of the calling thread, changed for one block of code.</summary>
internal unsafe ref struct SignalMask : IDisposable
{
    private const int Words = 16;

    private WordBuffer _before;

    /// <summary>All signals wait.</summary>
    internal static SignalMask Full() => Set(ulong.MaxValue);

    /// <summary>No signal waits.</summary>
    internal static SignalMask Empty() => Set(0);

    public void Dispose()
    {
        fixed (WordBuffer* before = &_before)
        {
            _ = LibC.sigprocmask(LibC.SIG_SETMASK, before, null);
        }
    }

    private static SignalMask Set(ulong word)
    {
        SignalMask mask = default;
        ulong* wanted = stackalloc ulong[Words];
        new Span<ulong>(wanted, Words).Fill(word);
        _ = LibC.sigprocmask(LibC.SIG_SETMASK, wanted, &mask._before);
        return mask;
    }

    [InlineArray(Words)]
    private struct WordBuffer
    {
        private ulong _first;
    }
}
