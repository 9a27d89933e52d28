using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>The steps by which a program keeps capabilities that its uid would lose: as ambient ones. See capabilities(7).</summary>
internal static class CapabilitySteps
{
    /// <summary>Adds them.</summary>
    /// <param name="steps">The plan.</param>
    /// <param name="inOtherUserNamespace">In a new or a joined one a process has all capabilities; else those of the session.</param>
    internal static void AddTo(List<ChildStep> steps, bool inOtherUserNamespace)
    {
        int last = ReadLast();
        ulong all = (1UL << (last + 1)) - 1;
        ulong kept = inOtherUserNamespace ? all : all & ProcessCredentials.ReadCapabilities("CapPrm");

        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(header, LibC._LINUX_CAPABILITY_VERSION_3);

        // Effective, permitted, inheritable: first the low words of the three, then the high ones.
        byte[] sets = new byte[24];
        for (int i = 0; i < 3; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(sets.AsSpan(4 * i), (uint)kept);
            BinaryPrimitives.WriteUInt32LittleEndian(sets.AsSpan(12 + (4 * i)), (uint)(kept >> 32));
        }

        steps.Add(new ChildStep("capset", LibCExports.capset, header, sets) { Text = "keep capabilities", Explain = SpawnFailure.Capabilities });
        for (int capability = 0; capability <= last; capability++)
        {
            if ((kept & (1UL << capability)) != 0)
            {
                steps.Add(new ChildStep("prctl(PR_CAP_AMBIENT)", LibCExports.prctl, LibC.PR_CAP_AMBIENT, LibC.PR_CAP_AMBIENT_RAISE, capability, 0, 0)
                {
                    Subject = capability.ToString(CultureInfo.InvariantCulture),
                    Explain = SpawnFailure.Capabilities,
                });
            }
        }
    }

    private static int ReadLast()
    {
        const string Path = "/proc/sys/kernel/cap_last_cap";
        try
        {
            return int.Parse(File.ReadAllText(Path), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            throw ProcFileSystem.Missing(new LinuxException(LibC.ENOENT, "open", Path));
        }
    }
}
