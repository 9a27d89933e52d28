namespace LinuxNamespaces;

/// <summary>What of a named net namespace is looked up late.</summary>
internal sealed record NetNamespaceDetails(ulong? OwnerInode, uint? OwnerUserId, string? OwnerName, int? InterfaceCount)
{
    /// <summary>Nothing could be had.</summary>
    internal static NetNamespaceDetails Unknown { get; } = new(null, null, null, null);
}
