using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Netlink;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Operations.Net.Tables;

/// <summary>Reads the sockets of net namespaces: by sock_diag(7), or from /proc/net where the kernel does not give a protocol so.</summary>
/// <param name="protocols">Which protocols.</param>
/// <param name="states">Which states; all where none is given.</param>
/// <param name="cancellation">The caller gives up.</param>
internal sealed class NetConnectionReader(IReadOnlyCollection<NetProtocol> protocols, IReadOnlyCollection<NetConnectionState> states, CancellationToken cancellation)
    : IDisposable
{
    private const uint AllStates = uint.MaxValue;

    private static readonly (NetProtocol Protocol, byte Family, int Number, byte[]? Table)[] s_internet =
    [
        (NetProtocol.Udp, (byte)LibC.AF_INET, LibC.IPPROTO_UDP, [.. "udp\0"u8]),
        (NetProtocol.Udp, (byte)LibC.AF_INET6, LibC.IPPROTO_UDP, [.. "udp6\0"u8]),
        (NetProtocol.Raw, (byte)LibC.AF_INET, LibC.IPPROTO_RAW, [.. "raw\0"u8]),
        (NetProtocol.Raw, (byte)LibC.AF_INET6, LibC.IPPROTO_RAW, [.. "raw6\0"u8]),
        (NetProtocol.Sctp, (byte)LibC.AF_INET, LibC.IPPROTO_SCTP, null),
        (NetProtocol.Sctp, (byte)LibC.AF_INET6, LibC.IPPROTO_SCTP, null),
        (NetProtocol.Mptcp, (byte)LibC.AF_INET, LibC.IPPROTO_MPTCP, null),
        (NetProtocol.Mptcp, (byte)LibC.AF_INET6, LibC.IPPROTO_MPTCP, null),
    ];

    private const int MaxThreads = 4;

    private static readonly byte[] s_protocols = [.. "protocols\0"u8];
    private static readonly byte[] s_tcpTable = [.. "tcp\0"u8];
    private static readonly byte[] s_tcp6Table = [.. "tcp6\0"u8];

    private readonly NamespaceThread _thread = new();
    private readonly List<NetNamespaceConnection> _listing = [];
    private readonly ConcurrentDictionary<(byte Family, int Protocol), bool> _missing = [];
    private readonly Dictionary<ulong, Outcome> _ahead = [];
    private readonly uint _stateMask = states.Count == 0 ? AllStates : states.Aggregate(0u, (mask, state) => mask | (1u << (int)state));

    /// <summary>The sockets of a namespace, by protocol and then as the kernel lists them.</summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<NetNamespaceConnection> Read(NetTarget target)
    {
        if (!_ahead.Remove(target.Handle.Inode, out Outcome outcome))
        {
            return _thread.Run(() => ReadThere(target, _thread));
        }

        outcome.Failure?.Throw();
        return outcome.Found!;
    }

    /// <summary>
    /// Reads many namespaces on several threads, for <see cref="Read"/> to give: the kernel walks a table of all TCP sockets of the machine for each of them.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal void ReadAhead(IReadOnlyList<NetTarget> targets)
    {
        Outcome[] outcomes = new Outcome[targets.Count];
        int next = -1;
        void Work(NamespaceThread thread) => thread.Run(() =>
        {
            for (int i = Interlocked.Increment(ref next); i < targets.Count && !cancellation.IsCancellationRequested; i = Interlocked.Increment(ref next))
            {
                outcomes[i] = TryReadThere(targets[i], thread);
            }

            return true;
        });

        // Threads of their own, never of the pool: a thread takes over the namespaces of the one that starts it.
        List<NamespaceThread> others = [];
        try
        {
            while (others.Count < Math.Min(Math.Min(Environment.ProcessorCount, MaxThreads), targets.Count) - 1)
            {
                others.Add(new NamespaceThread());
            }

            Thread[] helpers = [.. others.Select(other => new Thread(() => Work(other)) { IsBackground = true })];
            Array.ForEach(helpers, helper => helper.UnsafeStart());
            Work(_thread);
            Array.ForEach(helpers, helper => helper.Join());
        }
        finally
        {
            others.ForEach(other => other.Dispose());
        }

        cancellation.ThrowIfCancellationRequested();
        for (int i = 0; i < targets.Count; i++)
        {
            _ahead[targets[i].Handle.Inode] = outcomes[i];
        }
    }

    public void Dispose() => _thread.Dispose();

    private Outcome TryReadThere(NetTarget target, NamespaceThread thread)
    {
        try
        {
            return new Outcome(ReadThere(target, thread), null);
        }
        catch (Exception exception) when (exception is LinuxException or NamespaceException or OperationCanceledException)
        {
            return new Outcome(null, ExceptionDispatchInfo.Capture(exception));
        }
    }

    // On the thread that goes there: handing each step over would cost more than the steps.
    private List<NetNamespaceConnection> ReadThere(NetTarget target, NamespaceThread thread)
    {
        List<(NetProtocol Protocol, SocketMessage Socket)> found = [];
        using (NetlinkSocket diag = NetlinkSocket.OpenIn(thread, target.Handle, LibC.NETLINK_SOCK_DIAG))
        {
            if (protocols.Contains(NetProtocol.Tcp))
            {
                found.AddRange(ReadTcp(diag, target, thread).Select(socket => (NetProtocol.Tcp, socket)));
            }

            bool hasMptcp = protocols.Contains(NetProtocol.Mptcp) && !HasNoMptcp(target, thread);
            foreach ((NetProtocol protocol, byte family, int number, byte[]? table) in s_internet.Where(each => each.Protocol == NetProtocol.Mptcp ? hasMptcp : protocols.Contains(each.Protocol)))
            {
                found.AddRange(ReadInternet(diag, target, thread, family, number, table).Select(socket => (protocol, socket)));
            }

            if (protocols.Contains(NetProtocol.Unix))
            {
                found.AddRange(TryDump(diag, (byte)LibC.AF_UNIX, 0, UnixDiagMessage.GetAll(_stateMask), UnixDiagMessage.Parse).Select(socket => (NetProtocol.Unix, socket)));
            }

            if (protocols.Contains(NetProtocol.Packet))
            {
                found.AddRange(TryDump(diag, (byte)LibC.AF_PACKET, 0, PacketDiagMessage.GetAll(), PacketDiagMessage.Parse).Select(socket => (NetProtocol.Packet, socket)));
            }
        }

        found.RemoveAll(each => (_stateMask & (1u << (each.Socket.State & 31))) == 0);
        Dictionary<int, string> links = found.Exists(each => each.Socket.InterfaceIndex != 0) ? ReadLinkNames(target, thread) : [];
        List<NetNamespaceConnection> connections = found.ConvertAll(each => Create(target, each.Protocol, each.Socket, links));
        AddPeerPaths(connections);
        lock (_listing)
        {
            _listing.AddRange(connections);
        }

        return connections;
    }

    // Both families by one walk over the kernel's table, which is most of the work; as of old, that is only asked for in the way of Linux 2.6.
    private IEnumerable<SocketMessage> ReadTcp(NetlinkSocket diag, NetTarget target, NamespaceThread thread)
    {
        List<SocketMessage> found = TryDump(diag, 0, LibC.IPPROTO_TCP, InetDiagMessage.GetAllTcp(_stateMask), (in NetlinkMessage message) => InetDiagMessage.Parse(message, LibC.IPPROTO_TCP));
        return _missing.ContainsKey((0, LibC.IPPROTO_TCP))
            ? ReadTable(target, thread, (byte)LibC.AF_INET, LibC.IPPROTO_TCP, s_tcpTable).Concat(ReadTable(target, thread, (byte)LibC.AF_INET6, LibC.IPPROTO_TCP, s_tcp6Table))
            : found.OrderBy(socket => socket.Family);
    }

    private List<SocketMessage> ReadInternet(NetlinkSocket diag, NetTarget target, NamespaceThread thread, byte family, int protocol, byte[]? table)
    {
        List<SocketMessage> found = TryDump(
            diag, family, protocol, InetDiagMessage.GetAll(family, protocol, _stateMask), (in NetlinkMessage message) => InetDiagMessage.Parse(message, protocol));
        return table is not null && _missing.ContainsKey((family, protocol)) ? ReadTable(target, thread, family, protocol, table) : found;
    }

    // For MPTCP the kernel walks two more tables of the whole machine, for each family.
    private static bool HasNoMptcp(NetTarget target, NamespaceThread thread)
    {
        if (!KernelFeatures.MptcpSocketsAreCounted)
        {
            return false;
        }

        using Descriptor file = thread.OpenNetFile(target.Handle, s_protocols);
        return file.IsOpen && file.TryReadAll(out byte[] content) && ProtocolCounts.HasNone(content, "MPTCP"u8);
    }

    // A protocol that this kernel lacks, or does not list by sock_diag, is asked for once.
    private List<SocketMessage> TryDump(NetlinkSocket diag, byte family, int protocol, NetlinkWriter request, NetlinkParser<SocketMessage> parser)
    {
        if (_missing.ContainsKey((family, protocol)))
        {
            return [];
        }

        try
        {
            return diag.Dump(request, "sockets", parser, cancellation);
        }
        catch (LinuxException exception) when (exception.NativeErrorCode is LibC.ENOENT or LibC.EINVAL or LibC.EOPNOTSUPP)
        {
            _missing[(family, protocol)] = true;
            return [];
        }
    }

    private static List<SocketMessage> ReadTable(NetTarget target, NamespaceThread thread, byte family, int protocol, byte[] table)
    {
        using Descriptor file = thread.OpenNetFile(target.Handle, table);
        return file.IsOpen ? ProcNetTable.Parse(file.ReadAll(), family, protocol) : [];
    }

    private Dictionary<int, string> ReadLinkNames(NetTarget target, NamespaceThread thread)
    {
        using NetlinkSocket socket = NetlinkSocket.OpenIn(thread, target.Handle);
        return NetLinkNames.Read(socket, cancellation);
    }

    private NetNamespaceConnection Create(NetTarget target, NetProtocol protocol, SocketMessage socket, Dictionary<int, string> links)
    {
        bool hasPorts = protocol is NetProtocol.Tcp or NetProtocol.Udp or NetProtocol.Sctp or NetProtocol.Mptcp;
        return new NetNamespaceConnection(_listing)
        {
            Namespace = target.Name,
            NamespaceInode = target.Handle.Inode,
            Protocol = protocol,
            AddressFamily = (NetAddressFamily)socket.Family,
            SocketType = protocol switch
            {
                NetProtocol.Unix or NetProtocol.Packet => (NetSocketType)socket.Type,
                NetProtocol.Udp => NetSocketType.Datagram,
                NetProtocol.Raw => NetSocketType.Raw,
                NetProtocol.Sctp => NetSocketType.SeqPacket,
                _ => NetSocketType.Stream,
            },
            State = Enum.IsDefined((NetConnectionState)socket.State) ? (NetConnectionState)socket.State : NetConnectionState.Unknown,
            LocalAddress = socket.Path ?? socket.LocalAddress?.ToString(),
            LocalPort = hasPorts ? socket.LocalPort : null,
            RemoteAddress = socket.RemoteAddress?.ToString(),
            RemotePort = hasPorts ? socket.RemotePort : null,
            InterfaceName = socket.InterfaceIndex == 0 ? null : links.GetValueOrDefault(socket.InterfaceIndex),
            ProtocolNumber = protocol switch
            {
                NetProtocol.Raw => socket.LocalPort,
                NetProtocol.Packet => socket.Protocol,
                _ => null,
            },
            ReceiveQueue = socket.ReceiveQueue,
            SendQueue = socket.SendQueue,
            UserId = socket.UserId,
            Inode = socket.Inode,
            PeerInode = socket.PeerInode == 0 ? null : socket.PeerInode,
            Timer = (NetTimer)socket.Timer,
            TimerExpires = socket.Timer == 0 ? null : TimeSpan.FromMilliseconds(socket.ExpiresMilliseconds),
            Retransmits = socket.Retransmits,
        };
    }

    // The peer of an accepted Unix socket usually has no name; a client's peer has the server's.
    private static void AddPeerPaths(List<NetNamespaceConnection> connections)
    {
        Dictionary<long, string> paths = [];
        foreach (NetNamespaceConnection connection in connections.Where(each => each.Protocol == NetProtocol.Unix && each.LocalAddress is not null))
        {
            paths[connection.Inode] = connection.LocalAddress!;
        }

        foreach (NetNamespaceConnection connection in connections.Where(each => each.PeerInode is not null))
        {
            connection.RemoteAddress = paths.GetValueOrDefault(connection.PeerInode!.Value);
        }
    }

    // The sockets that were read ahead, or the failure.
    private readonly record struct Outcome(List<NetNamespaceConnection>? Found, ExceptionDispatchInfo? Failure);
}
