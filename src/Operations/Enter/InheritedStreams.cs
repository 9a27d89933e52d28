using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>The standard streams of this process as those it starts will inherit them.</summary>
internal static unsafe class InheritedStreams
{
    /// <summary>
    /// Gives descriptor 0 an input that has ended, and lets descriptor 1 lead to where 2 leads. Existing copies of the earlier streams stay
    /// valid; a program started from now on cannot take bytes from the one or put bytes into the other.
    /// </summary>
    internal static void Detach()
    {
        int* ends = stackalloc int[2];
        if (LibC.pipe2(ends, LibC.O_CLOEXEC) == 0)
        {
            _ = LibC.dup2(ends[0], 0);
            _ = LibC.close(ends[0]);
            _ = LibC.close(ends[1]);
        }

        _ = LibC.dup2(2, 1);
    }
}
