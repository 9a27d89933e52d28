using System;
using System.Buffers.Binary;
using System.Globalization;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>Capabilities survive the start of the program, whatever its uid.</summary>
    internal bool KeepCapabilities { get; init; }

    /// <summary>The very capabilities of the program, as bits; null for those it would have anyway.</summary>
    internal ulong? Capabilities { get; init; }

    /// <summary>Capabilities the program can never have.</summary>
    internal ulong DroppedCapabilities { get; init; }

    /// <summary>The secure bits of the program; null leaves them.</summary>
    internal int? SecureBits { get; init; }
}

/// <summary>The capabilities of the program: kept though its uid would lose them, or fewer than it would have. See capabilities(7).</summary>
internal sealed class CapabilitiesPart(SpawnRequest request) : StartPart
{
    private const int SetCount = 3;

    private readonly SpawnRequest _request = request;

    // In a new or a joined user namespace a process has all capabilities; else those of the session.
    private bool IsInOtherUserNamespace => _request.Types.Contains(NamespaceType.User) || _request.JoinedTypes.Contains(NamespaceType.User);

    // A program that may raise the limits of a user namespace could make others in it again.
    private ulong Dropped => _request.DroppedCapabilities | (_request.DisableUserNamespaces ? 1UL << ProcessCredentials.CapSysResource : 0);

    private bool IsReduced => _request.Capabilities is not null || Dropped != 0;

    private bool RaisesAmbient => _request.KeepCapabilities || _request.Capabilities is not null;

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage == StartStage.BeforeIds)
        {
            if (IsReduced)
            {
                AddBounds(steps);
            }

            if (_request.SecureBits is int bits)
            {
                steps.Add("prctl(PR_SET_SECUREBITS)", LibCExports.prctl, [LibC.PR_SET_SECUREBITS, bits, 0, 0, 0], $"secure bits are 0x{bits:x}", explain: BitsRefused);
            }

            if (RaisesAmbient && _request.UserId is not null)
            {
                steps.Add("prctl", LibCExports.prctl, [LibC.PR_SET_KEEPCAPS, 1]);
            }
        }
        else if (stage == StartStage.AfterIds && RaisesAmbient)
        {
            AddSets(steps);
        }
        else if (stage == StartStage.AfterIds && IsReduced && _request.UserId is null)
        {
            AddReducedSets(steps);
        }
    }

    // No program can get a capability outside of this set, whichever user it runs as.
    private void AddBounds(StepList steps)
    {
        int last = ReadLast();
        ulong bounds = IsInOtherUserNamespace ? ulong.MaxValue : ProcessCredentials.ReadCapabilities("CapBnd");
        ulong dropped = ~(_request.Capabilities ?? ulong.MaxValue) | Dropped;
        string? text = $"the program can never have {CapabilityName.Describe(dropped & AllOf(last))}";
        for (int capability = 0; capability <= last; capability++)
        {
            if ((bounds & dropped & (1UL << capability)) != 0)
            {
                steps.Add("prctl(PR_CAPBSET_DROP)", LibCExports.prctl, [LibC.PR_CAPBSET_DROP, capability, 0, 0, 0], text, Number(capability), explain: DropRefused);
                text = null;
            }
        }
    }

    private void AddSets(StepList steps)
    {
        int last = ReadLast();
        ulong kept = Owned(last) & (_request.Capabilities ?? ulong.MaxValue) & ~Dropped;
        steps.Add("prctl(PR_CAP_AMBIENT)", LibCExports.prctl, [LibC.PR_CAP_AMBIENT, LibC.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0], explain: Refused);
        Set(steps, kept, kept, _request.Capabilities is null ? "keep capabilities" : kept == 0 ? "have no capabilities" : $"have the capabilities {CapabilityName.Describe(kept)}");
        for (int capability = 0; capability <= last; capability++)
        {
            if ((kept & (1UL << capability)) != 0)
            {
                steps.Add("prctl(PR_CAP_AMBIENT)", LibCExports.prctl, [LibC.PR_CAP_AMBIENT, LibC.PR_CAP_AMBIENT_RAISE, capability, 0, 0], subject: Number(capability), explain: Refused);
            }
        }
    }

    private void AddReducedSets(StepList steps)
    {
        ulong inherited = IsInOtherUserNamespace ? 0 : ProcessCredentials.ReadCapabilities("CapInh");
        steps.Add("prctl(PR_CAP_AMBIENT)", LibCExports.prctl, [LibC.PR_CAP_AMBIENT, LibC.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0], explain: Refused);
        Set(steps, Owned(ReadLast()) & ~Dropped, inherited & ~Dropped, null);
    }

    private ulong Owned(int last) => AllOf(last) & (IsInOtherUserNamespace ? ulong.MaxValue : ProcessCredentials.ReadCapabilities("CapPrm"));

    private static void Set(StepList steps, ulong permitted, ulong inheritable, string? text)
    {
        byte[] header = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(header, LibC._LINUX_CAPABILITY_VERSION_3);

        // Effective, permitted, inheritable: first the low words of the three, then the high ones.
        byte[] sets = new byte[2 * SetCount * sizeof(uint)];
        for (int i = 0; i < SetCount; i++)
        {
            ulong set = i == SetCount - 1 ? inheritable : permitted;
            BinaryPrimitives.WriteUInt32LittleEndian(sets.AsSpan(sizeof(uint) * i), (uint)set);
            BinaryPrimitives.WriteUInt32LittleEndian(sets.AsSpan(sizeof(uint) * (SetCount + i)), (uint)(set >> 32));
        }

        steps.Add("capset", LibCExports.capset, [header, sets], text, explain: Refused);
    }

    private static ulong AllOf(int last) => last >= 63 ? ulong.MaxValue : (1UL << (last + 1)) - 1;

    private static string Number(int capability) => capability < CapabilityName.Names.Count ? CapabilityName.Names[capability] : capability.ToString(CultureInfo.InvariantCulture);

    private static int ReadLast()
    {
        const string Path = "/proc/sys/kernel/cap_last_cap";
        return int.Parse(KernelFile.TryRead(Path) ?? throw ProcFileSystem.Missing(new LinuxException(Errno.Last, "open", Path)), CultureInfo.InvariantCulture);
    }

    private static NamespaceException? Refused(LinuxException failure) =>
        new(ErrorIds.CapabilitiesRefused, "The kernel did not let the program keep its capabilities.", "-KeepCapabilities and -Capability need them in the first place: add -Type User, or run as root.", failure);

    private static NamespaceException? DropRefused(LinuxException failure) =>
        new(ErrorIds.CapabilitiesRefused, $"The program could not be barred from the capability {failure.Path}.", "That needs CAP_SETPCAP: add -Type User, or run as root.", failure);

    private static NamespaceException? BitsRefused(LinuxException failure) =>
        new(ErrorIds.CapabilitiesRefused, "The kernel did not set the secure bits.", "That needs CAP_SETPCAP, and bits that are locked cannot be changed: add -Type User, or run as root.", failure);
}
