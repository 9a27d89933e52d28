using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>
/// Asks rtnetlink which id the calling thread's net namespace has for another one (RTM_GETNSID, Linux 4.0).
/// </summary>
internal sealed unsafe class NetNsIdQuery : IDisposable
{
    private readonly Descriptor _socket;

    internal NetNsIdQuery() =>
        _socket = Descriptor.FromResult(LibC.socket(LibC.AF_NETLINK, LibC.SOCK_RAW | LibC.SOCK_CLOEXEC, LibC.NETLINK_ROUTE));

    /// <summary>The id; null where none is assigned or the kernel does not answer.</summary>
    internal int? Find(NamespaceHandle target)
    {
        Request request = new()
        {
            Header = new() { nlmsg_len = (uint)sizeof(Request), nlmsg_type = LibC.RTM_GETNSID, nlmsg_flags = LibC.NLM_F_REQUEST },
            Attribute = new() { nla_len = (ushort)(sizeof(LibC.nlattr) + sizeof(int)), nla_type = LibC.NETNSA_FD },
            Descriptor = target.Descriptor,
        };
        byte* reply = stackalloc byte[256];
        if (!_socket.IsOpen || LibC.send(_socket.Number, &request, (nuint)sizeof(Request), 0) < 0)
        {
            return null;
        }

        nint length = LibC.recv(_socket.Number, reply, 256, 0);
        Request* answer = (Request*)reply;
        bool found = length >= sizeof(Request) && answer->Header.nlmsg_type == LibC.RTM_NEWNSID
            && answer->Attribute.nla_type == LibC.NETNSA_NSID && answer->Descriptor != LibC.NETNSA_NSID_NOT_ASSIGNED;
        return found ? answer->Descriptor : null;
    }

    public void Dispose() => _socket.Dispose();

    // Request and answer have the same shape: one attribute of four bytes.
    [StructLayout(LayoutKind.Sequential)]
    private struct Request
    {
        internal LibC.nlmsghdr Header;
        internal LibC.rtgenmsg Family;
        private readonly byte _pad1;
        private readonly ushort _pad2;
        internal LibC.nlattr Attribute;
        internal int Descriptor;
    }
}
