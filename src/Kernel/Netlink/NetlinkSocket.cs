using System;
using System.Collections.Generic;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Kernel.Netlink;

/// <summary>Turns a received message into an object; null for one that is none of its kind.</summary>
internal delegate T? NetlinkParser<T>(in NetlinkMessage message)
    where T : class;

/// <summary>
/// A netlink socket. It belongs to the net namespace its thread was in when it was made, and stays there: the
/// one who uses it need not be inside.
/// </summary>
internal sealed unsafe class NetlinkSocket : IDisposable
{
    private const int BufferSize = 64 * 1024;

    // A dump that is overtaken by changes is asked for again; a machine that never holds still is not waited for.
    private const int MaxDumpAttempts = 4;

    // The kernel answers before send(2) returns; this is for one that lost the answer for want of memory.
    private const int AnswerTimeoutMilliseconds = 5000;
    private const int PollMilliseconds = 50;

    [ThreadStatic]
    private static byte[]? s_buffer;

    private readonly Descriptor _socket;
    private readonly uint _port;
    private uint _sequence;

    private NetlinkSocket(Descriptor socket, uint port)
    {
        _socket = socket;
        _port = port;
    }

    internal int Descriptor => _socket.Number;

    /// <summary>Whether the last dump was overtaken by changes each time it was asked for: entries may be missing or listed twice.</summary>
    internal bool WasOvertaken { get; private set; }

    private static byte[] Buffer => s_buffer ??= GC.AllocateUninitializedArray<byte>(BufferSize);

    /// <summary>Opens a socket in the calling thread's net namespace.</summary>
    /// <param name="protocol">NETLINK_*.</param>
    /// <exception cref="LinuxException">The kernel lacks the protocol, or no descriptor is left.</exception>
    internal static NetlinkSocket Open(int protocol = LibC.NETLINK_ROUTE) => Adopt(NetlinkDescriptor.Open(protocol));

    /// <summary>Opens a socket that belongs to another net namespace, by a thread that goes there; any thread may use it.</summary>
    /// <param name="thread">The thread.</param>
    /// <param name="target">The net namespace.</param>
    /// <param name="protocol">NETLINK_*.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal static NetlinkSocket OpenIn(NamespaceThread thread, NamespaceHandle target, int protocol = LibC.NETLINK_ROUTE) =>
        thread.OpenSocket(target, protocol) is int descriptor ? Adopt(descriptor) : Open(protocol);

    /// <summary>Takes over a bare socket, or throws what errno says where it is -1.</summary>
    internal static NetlinkSocket Adopt(int descriptor)
    {
        Descriptor socket = Files.Descriptor.FromResult(descriptor);
        if (!socket.IsOpen)
        {
            LinuxException.ThrowLast("socket", "AF_NETLINK");
        }

        // Both are niceties of Linux 4.12: error texts, and answers that do not repeat the request.
        int on = 1;
        _ = LibC.setsockopt(descriptor, LibC.SOL_NETLINK, LibC.NETLINK_EXT_ACK, &on, sizeof(int));
        _ = LibC.setsockopt(descriptor, LibC.SOL_NETLINK, LibC.NETLINK_CAP_ACK, &on, sizeof(int));

        LibC.sockaddr_nl address = new() { nl_family = LibC.AF_NETLINK };
        uint length = (uint)sizeof(LibC.sockaddr_nl);
        if (LibC.bind(descriptor, &address, length) != 0 || LibC.getsockname(descriptor, &address, &length) != 0)
        {
            int errno = Errno.Last;
            socket.Dispose();
            throw new LinuxException(errno, "bind", "AF_NETLINK");
        }

        return new NetlinkSocket(socket, address.nl_pid);
    }

    /// <summary>Joins a multicast group, RTNLGRP_*.</summary>
    internal void Subscribe(int group)
    {
        if (LibC.setsockopt(Descriptor, LibC.SOL_NETLINK, LibC.NETLINK_ADD_MEMBERSHIP, &group, sizeof(int)) != 0)
        {
            LinuxException.ThrowLast("setsockopt(NETLINK_ADD_MEMBERSHIP)");
        }
    }

    /// <summary>Sends a request and waits until the kernel has done it.</summary>
    /// <param name="request">A message with NLM_F_ACK.</param>
    /// <param name="subject">The object of the request, for the error.</param>
    /// <exception cref="LinuxException">The kernel refused, with its own words where it has any.</exception>
    internal void Execute(NetlinkWriter request, string subject) => _ = Exchange<object>(request, subject, null, single: false);

    /// <summary>Asks for one object; null where the kernel answers with none.</summary>
    /// <param name="request">A message without NLM_F_ACK: the answer is one message anyway.</param>
    /// <param name="subject">The object of the request, for the error.</param>
    /// <param name="parser">Reads the answer.</param>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    internal T? Get<T>(NetlinkWriter request, string subject, NetlinkParser<T> parser)
        where T : class =>
        Exchange(request, subject, parser, single: true) is [T found] ? found : null;

    /// <summary>
    /// Asks for all objects (NLM_F_DUMP), again where they changed meanwhile; what was found last where they never hold still
    /// (<see cref="WasOvertaken"/>).
    /// </summary>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    internal List<T> Dump<T>(NetlinkWriter request, string subject, NetlinkParser<T> parser, CancellationToken cancellation = default)
        where T : class
    {
        for (int attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            List<T> found = Exchange(request, subject, parser, single: false);
            if (!WasOvertaken || attempt == MaxDumpAttempts)
            {
                return found;
            }
        }
    }

    /// <summary>
    /// Takes the notifications that are there now, without waiting; false where some were lost because they came
    /// faster than they were taken.
    /// </summary>
    internal bool Receive<T>(NetlinkParser<T> parser, List<T> found)
        where T : class
    {
        while (TryReceive(out ReadOnlySpan<byte> data))
        {
            NetlinkReader reader = new(data);
            while (reader.TryRead(out NetlinkMessage message))
            {
                if (parser(message) is T item)
                {
                    found.Add(item);
                }
            }
        }

        return Errno.Last switch
        {
            LibC.EAGAIN => true,
            LibC.ENOBUFS => false,
            int errno => throw new LinuxException(errno, "recv", "AF_NETLINK"),
        };
    }

    public void Dispose() => _socket.Dispose();

    private List<T> Exchange<T>(NetlinkWriter request, string subject, NetlinkParser<T>? parser, bool single)
        where T : class
    {
        uint sequence = ++_sequence;
        Send(request.Finish(sequence), request.Name, subject);
        List<T> found = [];
        bool interrupted = false;
        while (true)
        {
            NetlinkReader reader = new(WaitForAnswer(request.Name, subject));
            while (reader.TryRead(out NetlinkMessage message))
            {
                // Late answers to a request that failed half way, and notifications.
                if (message.Sequence != sequence || message.Port != _port)
                {
                    continue;
                }

                interrupted |= (message.Flags & LibC.NLM_F_DUMP_INTR) != 0;
                if (message.Type is LibC.NLMSG_ERROR or LibC.NLMSG_DONE)
                {
                    int errno = message.ReadError(out string? text);
                    WasOvertaken = interrupted;
                    return errno == 0 ? found
                        : throw new LinuxException(errno, request.Name, subject, text);
                }

                if (parser is not null && parser(message) is T item)
                {
                    found.Add(item);
                }

                if (single)
                {
                    return found;
                }
            }

            if (reader.IsMalformed)
            {
                throw new LinuxException(LibC.EBADMSG, request.Name, subject);
            }
        }
    }

    private void Send(ReadOnlySpan<byte> message, string name, string subject)
    {
        fixed (byte* start = message)
        {
            while (LibC.send(Descriptor, start, (nuint)message.Length, 0) < 0)
            {
                if (Errno.Last != LibC.EINTR)
                {
                    LinuxException.ThrowLast(name, subject);
                }
            }
        }
    }

    private ReadOnlySpan<byte> WaitForAnswer(string name, string subject)
    {
        for (int waited = 0; waited < AnswerTimeoutMilliseconds; waited += PollMilliseconds)
        {
            if (TryReceive(out ReadOnlySpan<byte> data))
            {
                return data;
            }

            if (Errno.Last != LibC.EAGAIN)
            {
                LinuxException.ThrowLast(name, subject);
            }

            LibC.pollfd poll = new() { fd = Descriptor, events = LibC.POLLIN };
            _ = LibC.poll(&poll, 1, PollMilliseconds);
        }

        throw new LinuxException(LibC.ETIMEDOUT, name, subject);
    }

    // Receives the data that is there now; false with errno, EAGAIN for nothing. Only the kernel is listened to.
    private bool TryReceive(out ReadOnlySpan<byte> data)
    {
        byte[] buffer = Buffer;
        fixed (byte* start = buffer)
        {
            while (true)
            {
                LibC.sockaddr_nl sender = default;
                uint senderLength = (uint)sizeof(LibC.sockaddr_nl);
                nint length = LibC.recvfrom(
                    Descriptor, start, (nuint)buffer.Length, LibC.MSG_DONTWAIT | LibC.MSG_TRUNC, &sender, &senderLength);
                if (length < 0 && Errno.Last == LibC.EINTR)
                {
                    continue;
                }

                if (length >= 0 && sender.nl_pid != 0)
                {
                    continue;
                }

                // Longer than the buffer: what was cut off is gone, and the rest cannot be trusted.
                data = length < 0 || length > buffer.Length ? default : buffer.AsSpan(0, (int)length);
                if (length > buffer.Length)
                {
                    throw new LinuxException(LibC.EBADMSG, "recv", "AF_NETLINK");
                }

                return length >= 0;
            }
        }
    }
}
