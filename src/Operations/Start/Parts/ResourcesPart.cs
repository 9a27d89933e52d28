using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>Permission bits that new files of the program do not get; null leaves them.</summary>
    internal int? Umask { get; init; }

    /// <summary>The priority of the program, from -20 to 19; null leaves it.</summary>
    internal int? Nice { get; init; }

    /// <summary>Limits of setrlimit(2).</summary>
    internal IReadOnlyList<ResourceLimit> ResourceLimits { get; init; } = [];
}

/// <summary>The properties that a process hands on to its children: limits on resources, its priority and its umask.</summary>
internal sealed class ResourcesPart(SpawnRequest request) : StartPart
{
    private const int PermissionBits = 0x1FF;
    private const int LowestPriority = 19;
    private const int HighestPriority = -20;

    private readonly SpawnRequest _request = request;

    internal override void Validate()
    {
        if (_request.Umask is < 0 or > PermissionBits)
        {
            throw RequestRules.Invalid("-Umask is not one of 000 to 777.", "Write octal digits, for example 077.");
        }

        if (_request.Nice is < HighestPriority or > LowestPriority)
        {
            throw RequestRules.Invalid($"-Nice {_request.Nice} is not one of -20 to 19.", "19 is the lowest priority.");
        }
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        // With the privileges that the program may not have.
        if (stage == StartStage.BeforeIds)
        {
            foreach (ResourceLimit limit in _request.ResourceLimits)
            {
                byte[] value = new byte[2 * sizeof(ulong)];
                BinaryPrimitives.WriteUInt64LittleEndian(value, limit.Soft);
                BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(sizeof(ulong)), limit.Hard);
                steps.Add("setrlimit", LibCExports.setrlimit, [limit.Resource, value], $"the limit {limit}", limit.Name, explain: LimitRefused);
            }

            if (_request.Nice is int nice)
            {
                steps.Add("setpriority", LibCExports.setpriority, [LibC.PRIO_PROCESS, 0, nice], string.Create(CultureInfo.InvariantCulture, $"the priority is {nice}"), explain: NiceRefused);
            }
        }
        else if (stage == StartStage.Leave && _request.Umask is int umask)
        {
            steps.Add("umask", LibCExports.umask, [umask], $"the umask is {Convert.ToString(umask, 8).PadLeft(3, '0')}", isCheckedLater: true);
        }
    }

    private static NamespaceException? LimitRefused(LinuxException failure) => new(
        ErrorIds.ConfinementRefused,
        $"The limit {failure.Path} could not be set.",
        failure.NativeErrorCode == LibC.EINVAL ? "The first number must not be above the second." : "A hard limit can be raised only with CAP_SYS_RESOURCE of the host: run as root, or give a lower one.",
        failure);

    private static NamespaceException? NiceRefused(LinuxException failure) => new(
        ErrorIds.ConfinementRefused, "The priority could not be set.", "A higher priority than this session's needs CAP_SYS_NICE, or a resource limit Nice: give a higher number.", failure);
}
