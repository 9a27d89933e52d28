using System;
using System.Collections.Generic;
using System.Linq;

namespace LinuxNamespaces.Operations.Start.Files;

/// <summary>The wishes that decide about the files of a child.</summary>
/// <param name="Entries">The paths that are to be something else than in the session.</param>
/// <param name="Root">The directory that is to become the root; null for none.</param>
/// <param name="ProcDirectory">Where a new /proc is to be.</param>
/// <param name="ReadOnlyRoot">Whether the root is to be read-only.</param>
/// <param name="IsInUserNamespace">Whether the mounts are made in a new user namespace.</param>
internal sealed record FileWishes(IReadOnlyList<FileEntry> Entries, string? Root, string? ProcDirectory, bool ReadOnlyRoot, bool IsInUserNamespace)
{
    /// <summary>Whether anything is asked for.</summary>
    internal bool AreAny => Entries.Count > 0 || ReadOnlyRoot;

    /// <summary>Whether a new root is prepared by descriptor. A read-only one is a copy, so that what is bound from the old one is not read-only too.</summary>
    internal bool MakeRoot => AreAny && (ReadOnlyRoot || OtherRoot is not null || ReplaceRoot);

    /// <summary>Whether a file system, and no directory of the session, becomes the root.</summary>
    internal bool ReplaceRoot => Entries.Any(entry => entry.Target == "/");

    /// <summary>The directory that is to become the root, where that is another one.</summary>
    internal string? OtherRoot => Root is null || Root.AsSpan().Trim('/').Length == 0 ? null : Root;
}
