using System.Collections.Generic;
using LinuxNamespaces.Operations;

namespace LinuxNamespaces;

/// <summary>
/// A named net namespace. What takes a look inside, or costs as much as finding it did, is looked up when it is
/// first asked for: the owner and the number of interfaces. These are null where the name stands for another
/// namespace by then.
/// </summary>
public sealed class NetNamespaceInfo : NamespaceInfo
{
    private readonly List<NetNamespaceInfo> _listing;
    private NetNamespaceDetails? _details;

    /// <param name="listing">Those that were found together: one look serves them all.</param>
    internal NetNamespaceInfo(List<NetNamespaceInfo> listing)
    {
        _listing = listing;
        listing.Add(this);
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

    private NetNamespaceDetails Details
    {
        get
        {
            if (_details is null)
            {
                NetNamespaceDetails.ReadAll(_listing, static (info, details) => info._details = details);
            }

            return _details!;
        }
    }
}
