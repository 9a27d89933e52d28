using System.Globalization;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>A namespace to join, held open: the type is what the caller knows it to be, and setns(2) checks that.</summary>
internal sealed record JoinedNamespace(NamespaceType Type, NamespaceHandle Handle)
{
    /// <summary>The kernel's own text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Type.KernelName()}:[{Handle.Inode}]");
}
