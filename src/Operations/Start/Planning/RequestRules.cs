using System;
using System.Collections.Generic;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>Rules that the wishes of several parts have in common. Each throws InvalidRequest.</summary>
internal static class RequestRules
{
    /// <summary>A wish that has a meaning only in a new namespace of a type.</summary>
    internal static void Require(NamespaceTypeSet types, NamespaceType type, bool isAsked, string what)
    {
        if (isAsked && !types.Contains(type))
        {
            throw Invalid($"{what} need a new {type.KernelName()} namespace.", $"Add {type} to -Type.");
        }
    }

    /// <summary>The kernel takes the highest number for -1, "leave the id as it is".</summary>
    internal static void CheckId(uint? id, string what)
    {
        if (id == uint.MaxValue)
        {
            throw Invalid($"{what} {id} is not a valid id.", "The highest id is 4294967294.");
        }
    }

    /// <summary>A C string ends at its first NUL.</summary>
    internal static void CheckNoNul(params IEnumerable<string?> texts)
    {
        foreach (string? text in texts)
        {
            CheckNoNul(text);
        }
    }

    /// <summary>The same for one.</summary>
    /// <exception cref="NamespaceException">InvalidRequest.</exception>
    internal static void CheckNoNul(string? text)
    {
        if (text?.Contains('\0', StringComparison.Ordinal) == true)
        {
            throw EnvironmentBlock.HoldsNul();
        }
    }

    /// <summary>The error itself.</summary>
    internal static NamespaceException Invalid(string message, string? remedy) => new(ErrorIds.InvalidRequest, message, remedy);
}
