using System;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>Says why the kernel cannot be asked by a BPF program: a clause that goes into a sentence. Callers read /proc instead, so no user sees it as an error.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "A reason is always known.")]
internal sealed class BpfException(string reason, int errno = 0) : Exception(reason)
{
    /// <summary>The errno of the call that was refused; 0 where no call failed.</summary>
    internal int Errno { get; } = errno;
}
