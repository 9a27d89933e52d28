using System.Collections.Generic;

namespace LinuxNamespaces;

/// <summary>
/// A named net namespace. Values that are expensive to read are read on
/// first use: the processes, the owner and the number of interfaces. There are none, and the last two are null,
/// where the name stands for another namespace by then.
/// </summary>
public sealed class NetNamespaceInfo : NamespaceInfo, ILateNamespace
{
    private readonly List<NetNamespaceInfo> _listing;
    private NetNamespaceDetails? _details;
    private NamespaceProcesses? _inside;

    /// <param name="listing">Those that were found together: one look serves them all.</param>
    /// <param name="isNew">Nobody can be in it yet.</param>
    internal NetNamespaceInfo(List<NetNamespaceInfo> listing, bool isNew)
    {
        _listing = listing;
        _inside = isNew ? NamespaceProcesses.None : null;
        listing.Add(this);
    }

    NamespaceSource ILateNamespace.Sources => NamespaceSource.Mount | (Inside.Count > 0 ? NamespaceSource.Process : NamespaceSource.None);

    int ILateNamespace.ProcessCount => Inside.Count;

    int? ILateNamespace.ProcessId => Inside.First?.Id;

    int? ILateNamespace.ParentProcessId => Inside.First?.ParentId;

    string? ILateNamespace.Command => Inside.First?.Command;

    uint? ILateNamespace.UserId => Inside.First?.UserId ?? Details.OwnerUserId;

    string? ILateNamespace.UserName => Inside.UserName ?? Details.OwnerName;

    ulong? ILateNamespace.OwnerInode => Details.OwnerInode;

    uint? ILateNamespace.OwnerUserId => Details.OwnerUserId;

    string? ILateNamespace.Container => Inside.First?.Container;

    int? ILateNamespace.InterfaceCount => Details.InterfaceCount;

    private protected override ILateNamespace? Late => this;

    /// <summary>Sets what was read of its processes.</summary>
    internal void Set(NamespaceProcesses inside) => _inside = inside;

    /// <summary>Sets what was read of its owner and interfaces.</summary>
    internal void Set(NetNamespaceDetails details) => _details = details;

    private NamespaceProcesses Inside
    {
        get
        {
            // A listing may be shared out between runspaces.
            lock (_listing)
            {
                if (_inside is null)
                {
                    IMachine.This.ReadProcesses(_listing);
                }

                return _inside!;
            }
        }
    }

    private NetNamespaceDetails Details
    {
        get
        {
            lock (_listing)
            {
                if (_details is null)
                {
                    IMachine.This.ReadDetails(_listing);
                }

                return _details!;
            }
        }
    }
}
