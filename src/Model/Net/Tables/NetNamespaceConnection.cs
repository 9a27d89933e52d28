using System;
using System.Collections.Generic;
using System.Globalization;

namespace LinuxNamespaces;

/// <summary>
/// A socket in a net namespace, as it was at one moment. The processes that hold it are looked up when they are first asked for, for the
/// whole listing at once: the kernel does not say, so the descriptors of all processes are read.
/// </summary>
public sealed class NetNamespaceConnection : MachineRecord
{
    private readonly List<NetNamespaceConnection> _listing;
    private NetSocketHolders? _holders;

    /// <param name="listing">Those that were found together: one look at the machine serves them all.</param>
    internal NetNamespaceConnection(List<NetNamespaceConnection> listing) => _listing = listing;

    /// <summary>The name of the net namespace it is in; for one without a name the kernel's text, <c>net:[INODE]</c>.</summary>
    public string Namespace { get; internal init; } = string.Empty;

    /// <summary>The inode of that namespace.</summary>
    public ulong NamespaceInode { get; internal init; }

    /// <summary>The protocol.</summary>
    public NetProtocol Protocol { get; internal init; }

    /// <summary>The family of its addresses.</summary>
    public NetAddressFamily AddressFamily { get; internal init; }

    /// <summary>The type: stream, datagram, raw or sequenced packets.</summary>
    public NetSocketType SocketType { get; internal init; }

    /// <summary>The state.</summary>
    public NetConnectionState State { get; internal init; }

    /// <summary>The address at this end; the path or <c>@name</c> of a Unix socket; null where it has none.</summary>
    public string? LocalAddress { get; internal init; }

    /// <summary>The port at this end; null for protocols without ports.</summary>
    public int? LocalPort { get; internal init; }

    /// <summary>The address at the other end; the path or <c>@name</c> of the other Unix socket; null where it has none.</summary>
    public string? RemoteAddress { get; internal set; }

    /// <summary>The port at the other end; null for protocols without ports.</summary>
    public int? RemotePort { get; internal init; }

    /// <summary>The interface it is bound to; null where it is bound to none.</summary>
    public string? InterfaceName { get; internal init; }

    /// <summary>The number of the IP protocol of a raw socket, or of the link protocol of a packet socket (3 is all); null for others.</summary>
    public int? ProtocolNumber { get; internal init; }

    /// <summary>Bytes that wait to be read; for a listening socket, connections that wait to be accepted.</summary>
    public long ReceiveQueue { get; internal init; }

    /// <summary>Bytes that wait to be sent or confirmed; for a listening socket, the most connections that may wait.</summary>
    public long SendQueue { get; internal init; }

    /// <summary>The user it belongs to; null where the kernel does not say.</summary>
    public long? UserId { get; internal init; }

    /// <summary>The name of that user; null where it is not known.</summary>
    public string? UserName => Holders.UserName;

    /// <summary>The inode, by which descriptors refer to it; 0 where no process holds it any more.</summary>
    public long Inode { get; internal init; }

    /// <summary>The inode of the other end of a Unix socket; null where it has none.</summary>
    public long? PeerInode { get; internal init; }

    /// <summary>The timer that runs.</summary>
    public NetTimer Timer { get; internal init; }

    /// <summary>The time until the timer fires; null where there is none.</summary>
    public TimeSpan? TimerExpires { get; internal init; }

    /// <summary>How often data was sent again, or the other end was asked, without an answer.</summary>
    public int Retransmits { get; internal init; }

    /// <summary>The lowest PID of those that hold it, in this session's pid namespace; null for none that may be seen.</summary>
    public int? ProcessId => Holders.First?.ProcessId;

    /// <summary>The name of that process.</summary>
    public string? ProcessName => Holders.First?.Name;

    /// <summary>The number of its descriptor.</summary>
    public int? Descriptor => Holders.First?.Descriptor;

    /// <summary>The container of that process; null outside of containers.</summary>
    public string? Container => Holders.First?.Container;

    /// <summary>The PIDs of all that hold it, in ascending order.</summary>
    public ValueList<int> HolderProcessId => new(Holders.ProcessIds);

    /// <summary>Sets what was read of the processes that hold it.</summary>
    internal void Set(NetSocketHolders holders) => _holders = holders;

    private NetSocketHolders Holders
    {
        get
        {
            // A listing may be shared out between runspaces.
            lock (_listing)
            {
                if (_holders is null)
                {
                    IMachine.This.ReadHolders(_listing);
                }

                return _holders ?? NetSocketHolders.None;
            }
        }
    }

    /// <summary>As people write it, for example <c>Tcp 10.0.0.1:80 - 10.0.0.2:41234 Established</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Protocol} {Format(LocalAddress, LocalPort)} - {Format(RemoteAddress, RemotePort)} {State}");

    private static string Format(string? address, int? port) => port is null
        ? address ?? "*"
        : string.Create(CultureInfo.InvariantCulture, $"{(address?.Contains(':') == true ? $"[{address}]" : address ?? "*")}:{(port == 0 ? "*" : port)}");
}
