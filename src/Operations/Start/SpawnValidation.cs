using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Start;

/// <summary>What can be known to be wrong before anything is started.</summary>
internal static class SpawnValidation
{
    private const int MaxNameBytes = 64;

    /// <summary>Throws for the first thing found.</summary>
    internal static void Check(SpawnRequest request, IReadOnlySet<NamespaceType> types)
    {
        Require(types, NamespaceType.User, request.UserMap is not null || request.GroupMap is not null || request.SetGroups is not null || request.Owner is not null, "Id maps, -SetGroups and -Owner");
        Require(types, NamespaceType.Time, request.MonotonicOffset is not null || request.BootTimeOffset is not null, "Clock offsets");
        Require(types, NamespaceType.Uts, request.HostName is not null || request.DomainName is not null, "A host or domain name");
        Require(types, NamespaceType.Net, request.LoopbackUp, "-LoopbackUp");
        Require(types, NamespaceType.Mnt, request.ProcDirectory is not null || request.BinfmtDirectory is not null, "Mounts");
        foreach (NamespaceType type in request.Persist.Keys)
        {
            Require(types, type, true, "-Persist of " + type.KernelName());
        }

        if (request.Join.FirstOrDefault(ns => types.Contains(ns.Type)) is JoinedNamespace twice)
        {
            throw Invalid($"The {twice.Type.KernelName()} namespace cannot be both new and joined.", "Take the type out of -Type or the target out of -Join.");
        }

        CheckId(request.UserId, "-UserId");
        CheckId(request.GroupId, "-GroupId");
        CheckId(request.Owner?.UserId, "-Owner");
        CheckId(request.Owner?.GroupId, "-Owner");
        CheckName(request.HostName, "host name");
        CheckName(request.DomainName, "domain name");
        CheckNoNul([request.Program, request.WorkingDirectory, request.Root, request.StandardInput, request.StandardOutput, request.StandardError, request.ProcDirectory, request.BinfmtDirectory, request.Interpreter, request.HostName, request.DomainName]);
        CheckNoNul(request.Arguments);
        CheckNoNul(request.Persist.Values);
        if (request.Program is { Length: 0 })
        {
            throw Invalid("The name of the program is empty.", null);
        }
    }

    private static void Require(IReadOnlySet<NamespaceType> types, NamespaceType type, bool isAsked, string what)
    {
        if (isAsked && !types.Contains(type))
        {
            throw Invalid($"{what} need a new {type.KernelName()} namespace.", $"Add {type} to -Type.");
        }
    }

    // To the kernel that is -1, "leave it as it is".
    private static void CheckId(uint? id, string what)
    {
        if (id == uint.MaxValue)
        {
            throw Invalid($"{what} {id} is no id.", "The highest id is 4294967294.");
        }
    }

    private static void CheckName(string? name, string what)
    {
        if (name is not null && Encoding.UTF8.GetByteCount(name) is 0 or > MaxNameBytes)
        {
            throw Invalid($"The {what} '{SafeText.Escape(name)}' has not 1 to {MaxNameBytes} bytes.", null);
        }
    }

    private static void CheckNoNul(IEnumerable<string?> texts)
    {
        if (texts.Any(text => text?.Contains('\0', StringComparison.Ordinal) == true))
        {
            throw HoldsNul();
        }
    }

    /// <summary>A C string ends at its first NUL.</summary>
    internal static NamespaceException HoldsNul() => Invalid("No path, argument or variable can hold a NUL character.", null);

    private static NamespaceException Invalid(string message, string? remedy) => new("InvalidRequest", message, remedy);
}
