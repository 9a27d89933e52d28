using System;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>Whether this machine can start anything at all.</summary>
internal static class SpawnSupport
{
    /// <summary>Throws where it cannot.</summary>
    /// <exception cref="NamespaceException">SpawnNotSupported, KernelTooOld.</exception>
    internal static void Require()
    {
        if (!ChildProgram.IsSupported)
        {
            throw new NamespaceException(
                ErrorIds.SpawnNotSupported,
                "This system's C library has no makecontext(3), which children are started with.",
                "Use a distribution with glibc on x64 or arm64.");
        }

        if (!PidDescriptor.AreSupported)
        {
            throw KernelTooOld("hold a child by a descriptor (pidfd_open(2))", null);
        }
    }

    /// <summary>A kernel on which nothing can be started.</summary>
    internal static NamespaceException KernelTooOld(string what, LinuxException? failure) =>
        new(ErrorIds.KernelTooOld, $"This kernel cannot {what}.", Environment.OSVersion.Version < s_needed || !SeccompFilter.IsInForce
            ? "Linux 5.4 or newer is needed."
            : "The kernel is new enough, so this session's seccomp filter refuses the call: allow it in the profile of the container's runtime.", failure);

    private static readonly Version s_needed = new(5, 4);
}
