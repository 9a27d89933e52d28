using System;

namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>The needs of a part of a start.</summary>
[Flags]
internal enum PartNeeds
{
    None = 0,

    /// <summary>
    /// Memory of its own: another uid's processes, and those of a joined pid or user namespace, must not get at the session's memory through
    /// the child.
    /// </summary>
    PrivateMemory = 1,

    /// <summary>A copy of the session's descriptors. Without this need the child begins with the standard three alone, which is cheaper.</summary>
    SessionDescriptors = 2,

    /// <summary>A descriptor number that is known beforehand, for a file the child opens and closes again.</summary>
    Scratch = 4,

    /// <summary>Three such numbers, one after the other.</summary>
    MoreScratch = 8,
}
