using System;
using System.Buffers.Binary;
using System.Globalization;
using System.IO;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>Capabilities survive the start of the program, whatever its uid.</summary>
    internal bool KeepCapabilities { get; init; }
}

/// <summary>Lets a program keep capabilities that its uid would lose: as ambient ones. See capabilities(7).</summary>
internal sealed class CapabilitiesPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    // In a new or a joined user namespace a process has all capabilities; else those of the session.
    private bool IsInOtherUserNamespace => _request.Types.Contains(NamespaceType.User) || _request.Join.Any(join => join.Type == NamespaceType.User);

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (_request.KeepCapabilities && stage == StartStage.BeforeIds && _request.UserId is not null)
        {
            steps.Add("prctl", LibCExports.prctl, [LibC.PR_SET_KEEPCAPS, 1]);
        }
        else if (_request.KeepCapabilities && stage == StartStage.AfterIds)
        {
            Add(steps);
        }
    }

    private void Add(StepList steps)
    {
        int last = ReadLast();
        ulong all = (1UL << (last + 1)) - 1;
        ulong kept = IsInOtherUserNamespace ? all : all & ProcessCredentials.ReadCapabilities("CapPrm");

        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(header, LibC._LINUX_CAPABILITY_VERSION_3);

        // Effective, permitted, inheritable: first the low words of the three, then the high ones.
        byte[] sets = new byte[24];
        for (int i = 0; i < 3; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(sets.AsSpan(4 * i), (uint)kept);
            BinaryPrimitives.WriteUInt32LittleEndian(sets.AsSpan(12 + (4 * i)), (uint)(kept >> 32));
        }

        steps.Add("capset", LibCExports.capset, [header, sets], "keep capabilities", explain: Refused);
        for (int capability = 0; capability <= last; capability++)
        {
            if ((kept & (1UL << capability)) != 0)
            {
                steps.Add(
                    "prctl(PR_CAP_AMBIENT)",
                    LibCExports.prctl,
                    [LibC.PR_CAP_AMBIENT, LibC.PR_CAP_AMBIENT_RAISE, capability, 0, 0],
                    subject: capability.ToString(CultureInfo.InvariantCulture),
                    explain: Refused);
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

    private static NamespaceException? Refused(LinuxException failure) =>
        new("CapabilitiesRefused", "The kernel did not let the program keep its capabilities.", "-KeepCapabilities needs them in the first place: add -Type User, or run as root.", failure);
}
