using System;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>An open namespace that is looked into, and what it is called.</summary>
internal interface INamespacePlace : IDisposable
{
    /// <summary>Its inode: of one type no two that are open have the same.</summary>
    ulong Inode { get; }

    /// <summary>A name, a container, <c>host</c>, or the kernel's text.</summary>
    string Name { get; }
}
