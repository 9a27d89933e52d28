using System;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>A place in a few characters, for a prompt.</summary>
internal static class InsideLabel
{
    private const string Names = "/run/netns/";

    /// <summary><c>net:blue</c>, <c>nginx:4711</c> or <c>net:[4026532177]</c>.</summary>
    internal static string Of(TargetJoin join) => join switch
    {
        _ when join.Label.StartsWith(Names, StringComparison.Ordinal) => "net:" + join.Label[Names.Length..],
        { Process: ProcessHandle process } when join.Label.StartsWith("process ", StringComparison.Ordinal) =>
            string.Create(CultureInfo.InvariantCulture, $"{process.View().ReadName()}:{process.ProcessId}"),
        _ => join.Label.Split(' ').Last(),
    };
}
