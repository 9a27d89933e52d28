namespace LinuxNamespaces;

/// <summary>The values of a named net namespace that are read on first use.</summary>
internal sealed record NetNamespaceDetails(ulong? OwnerInode, uint? OwnerUserId, string? OwnerName, int? InterfaceCount)
{
    /// <summary>Nothing could be had.</summary>
    internal static NetNamespaceDetails Unknown { get; } = new(null, null, null, null);
}
