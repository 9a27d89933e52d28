namespace LinuxNamespaces.Kernel.Mounts;

/// <summary>A mount, and the file that it covers.</summary>
/// <param name="Place">The path that it covers.</param>
/// <param name="Source">The mounted part: the root of the mount within its file system.</param>
/// <param name="Type">The type of its file system.</param>
/// <param name="PeerGroup">Those of one number pass mounts on to each other; 0 for none.</param>
/// <param name="Master">The number of those that pass mounts on to it; 0 for none.</param>
internal sealed record PlacedMount(FilePlace Place, FilePlace Source, string Type, ulong PeerGroup, ulong Master)
{
    /// <summary>For people: the namespace, or the type of the file system.</summary>
    internal string Description => Type == "nsfs" ? Source.Path : $"a mount of type {Type}";
}
