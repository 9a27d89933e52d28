using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Files;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The only files and ports the program may use; null restricts nothing.</summary>
    internal LandlockRules? Landlock { get; init; }
}

/// <summary>Restricts the program to some files and ports by Landlock, see landlock(7). Paths are those of the program.</summary>
internal sealed class LandlockPart(SpawnRequest request) : StartPart
{
    private const int FirstOwn = 3;
    private const int PathRuleSize = 12;
    private const int NumberSize = sizeof(ulong);

    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs => _request.Landlock is null ? PartNeeds.None : PartNeeds.Scratch | PartNeeds.MoreScratch;

    internal override void Validate()
    {
        if (_request.Landlock is not LandlockRules rules)
        {
            return;
        }

        RequestRules.CheckNoNul(rules.Paths.Select(path => path.Path));
        int version = Landlock.Version;
        if (version < (rules.HandledPorts == 0 ? Landlock.FirstVersion : Landlock.PortVersion))
        {
            throw new NamespaceException(
                ErrorIds.KernelTooOld,
                version < Landlock.FirstVersion ? "This kernel has no Landlock." : $"Landlock of this kernel (version {version}) does not know ports.",
                version < Landlock.FirstVersion ? "Linux 5.13 or newer with landlock among its security modules (lsm=) is needed." : "Leave Connect and Bind out, or use Linux 6.7 or newer.");
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage != StartStage.Leave || _request.Landlock is not LandlockRules rules)
        {
            return;
        }

        if (steps.Descriptors.AreOwn)
        {
            // Closes the descriptors that were opened to look at the namespaces: from here on the numbers of new descriptors are known again.
            steps.Add("close_range", LibCExports.syscall, [LibC.SYS_close_range, FirstOwn, uint.MaxValue, 0], isCheckedLater: true);
        }

        ulong files = rules.RestrictsFiles ? Landlock.FileRights : 0;
        byte[] attributes = Landlock.Version < Landlock.PortVersion ? Numbers(files) : Numbers(files, rules.HandledPorts);
        steps.Add(
            "landlock_create_ruleset", LibCExports.syscall, [LibC.SYS_landlock_create_ruleset, attributes, attributes.Length, 0], rules.Describe(), explain: Refused);
        int ruleset = steps.Scratch;
        foreach ((string path, bool writes) in rules.Paths)
        {
            AddPath(steps, ruleset, path, files & (writes ? ulong.MaxValue : Landlock.ReadRights));
        }

        foreach ((ulong right, ushort port) in rules.Ports)
        {
            string number = port.ToString(CultureInfo.InvariantCulture);
            steps.Add("landlock_add_rule", LibCExports.syscall, [LibC.SYS_landlock_add_rule, ruleset, LibC.LANDLOCK_RULE_NET_PORT, Numbers(right, port), 0], subject: number, explain: Refused);
        }

        steps.Add("landlock_restrict_self", LibCExports.syscall, [LibC.SYS_landlock_restrict_self, ruleset, 0], explain: Refused);
        steps.Add("close", LibCExports.close, [ruleset], isCheckedLater: true);
    }

    // Rights that only directories have are an error for a file. A path that the session cannot see is taken for a directory.
    private void AddPath(StepList steps, int ruleset, string path, ulong rights)
    {
        bool isFile = FileLayout.IsFileInside(_request.FileWishes, path);
        int opened = ruleset + 1;
        byte[] rule = new byte[PathRuleSize];
        BinaryPrimitives.WriteUInt64LittleEndian(rule, isFile ? rights & Landlock.RightsOfFiles : rights);
        BinaryPrimitives.WriteInt32LittleEndian(rule.AsSpan(NumberSize), opened);
        string shown = SafeText.Escape(path);
        steps.Add("open", LibCExports.open, [path, LibC.O_PATH | LibC.O_CLOEXEC], subject: shown, explain: Refused);
        steps.Add("landlock_add_rule", LibCExports.syscall, [LibC.SYS_landlock_add_rule, ruleset, LibC.LANDLOCK_RULE_PATH_BENEATH, rule, 0], subject: shown, explain: Refused);
        steps.Add("close", LibCExports.close, [opened], isCheckedLater: true);
    }

    private static byte[] Numbers(params ulong[] numbers)
    {
        byte[] bytes = new byte[numbers.Length * NumberSize];
        for (int i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * NumberSize), numbers[i]);
        }

        return bytes;
    }

    private static NamespaceException? Refused(LinuxException failure) => new(
        ErrorIds.ConfinementRefused,
        failure.Path is null ? "The Landlock rules could not be put in force." : $"The Landlock rule for '{failure.Path}' could not be made.",
        failure.NativeErrorCode switch
        {
            LibC.ENOENT or LibC.ENOTDIR => "Name a path that the program has.",
            LibC.E2BIG => "There are 16 layers of rules in force already.",
            _ => null,
        },
        failure);
}
