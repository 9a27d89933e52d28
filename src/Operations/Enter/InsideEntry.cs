namespace LinuxNamespaces.Operations.Enter;

/// <summary>An entry of a target's root directory.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="Link">Where a symbolic link leads; null for anything else.</param>
internal sealed record InsideEntry(string Name, bool IsDirectory, string? Link);
