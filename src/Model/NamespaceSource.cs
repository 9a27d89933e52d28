using System;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>The reasons why a namespace exists. A namespace may have several.</summary>
/// <remarks>64 bits wide, because ConvertTo-Json writes the names of such an enumeration, and the numbers of any other.</remarks>
[Flags]
[SuppressMessage("Design", "CA1028:Enum Storage should be Int32", Justification = "See the remarks.")]
public enum NamespaceSource : long
{
    /// <summary>Nothing that was searched for.</summary>
    None = 0,

    /// <summary>A process is in it.</summary>
    Process = 1,

    /// <summary>A thread is in it, while its process is in another.</summary>
    Thread = 2,

    /// <summary>A process has its file open.</summary>
    Descriptor = 4,

    /// <summary>A socket of a process was made in it (net namespaces).</summary>
    Socket = 8,

    /// <summary>Its file is bind-mounted.</summary>
    Mount = 16,

    /// <summary>The next child of a process will be in it (pid and time namespaces).</summary>
    Child = 32,

    /// <summary>It is the parent or the owner of another.</summary>
    Relation = 64,

    /// <summary>Everything.</summary>
    All = Process | Thread | Descriptor | Socket | Mount | Child | Relation,
}
