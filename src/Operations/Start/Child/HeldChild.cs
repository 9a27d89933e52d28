using System;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>A child that the kernel kills when the last copy of its pidfd is closed: that is, when the session has ended, however that ends (Linux 7.1).</summary>
internal static unsafe class HeldChild
{
    private static readonly Lazy<bool> s_withPrivileges = new(() => Probe(Flags(false)));
    private static readonly Lazy<bool> s_without = new(() => Probe(Flags(true)));

    /// <summary>The flags of clone3(2). The kernel waits for such a child itself, so there is no signal at its end.</summary>
    /// <param name="noNewPrivileges">The program gains no privileges by execve: then an ordinary user may hold it so, too.</param>
    internal static ulong Flags(bool noNewPrivileges) => LibC.CLONE_PIDFD_AUTOKILL | LibC.CLONE_AUTOREAP | (noNewPrivileges ? LibC.CLONE_NNP : 0);

    /// <summary>Whether such a child can be made here. The session's rights do not change: a process of several threads joins no user namespace.</summary>
    internal static bool CanBeMade(bool noNewPrivileges) =>
        !OlderKernel.Lacks(KernelFeature.HeldChild) && (noNewPrivileges ? s_without : s_withPrivileges).Value;

    // By one that ends at once: whatever refuses the call, be it a filter of system calls, would refuse the next one too.
    private static bool Probe(ulong flags)
    {
        if (LibCExports.makecontext == 0)
        {
            return false;
        }

        const int Calls = 2;
        using ChildMemory memory = ChildMemory.Rent(ContextChain.MeasureMemory(Calls) + ForkChain.MemorySize);
        using (SignalMask.Full())
        {
            ContextChain chain = new(memory, Calls);
            chain.End();
            int* process = (int*)memory.Allocate(sizeof(int));
            *process = -1;
            bool isMade = new ForkChain(memory).Run(memory, flags | LibC.CLONE_VM | LibC.CLONE_FILES, 0, chain.Start, process) > 0;
            if (isMade)
            {
                Descriptor.FromResult(*process).Dispose();
            }

            return isMade;
        }
    }
}
