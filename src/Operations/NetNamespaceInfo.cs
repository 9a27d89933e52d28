using LinuxNamespaces.Operations;

namespace LinuxNamespaces;

/// <summary>
/// A named net namespace. What takes a look inside, or costs as much as finding it did, is looked up when it is
/// first asked for: the owner and the number of interfaces. These are null where the name stands for another
/// namespace by then.
/// </summary>
public sealed class NetNamespaceInfo : NamespaceInfo
{
    private NetNamespaceDetails? _details;

    internal NetNamespaceInfo()
    {
    }

    /// <inheritdoc/>
    public override ulong? OwnerInode => Details.OwnerInode;

    /// <inheritdoc/>
    public override uint? OwnerUserId => Details.OwnerUserId;

    /// <inheritdoc/>
    public override uint? UserId => base.UserId ?? OwnerUserId;

    /// <inheritdoc/>
    public override string? UserName => base.UserName ?? Details.OwnerName;

    /// <summary>How many network interfaces it has; null where that may not be looked at.</summary>
    public int? InterfaceCount => Details.InterfaceCount;

    private NetNamespaceDetails Details => _details ??= NetNamespaceDetails.Read(this);
}
