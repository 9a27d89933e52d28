using System;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>A place in a few characters, for a prompt.</summary>
internal static class InsideLabel
{
    /// <summary><c>net:blue</c>, <c>nginx:4711</c> or <c>net:[4026532177]</c>.</summary>
    internal static string Of(TargetJoin join) => join switch
    {
        _ when NetNamespacePath.NameOf(join.Label) is string name => "net:" + name,
        { Process: ProcessHandle process } when join.Label.StartsWith("process ", StringComparison.Ordinal) =>
            string.Create(CultureInfo.InvariantCulture, $"{process.View().ReadName()}:{process.ProcessId}"),
        _ => join.Label.Split(' ').Last(),
    };
}
