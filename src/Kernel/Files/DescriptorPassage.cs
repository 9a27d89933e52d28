using System;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Two connected sockets, by which a child hands an open descriptor to the session (SCM_RIGHTS, unix(7)).</summary>
internal sealed unsafe class DescriptorPassage : IDisposable
{
    // CMSG_SPACE(sizeof(int)) of sys/socket.h: a header and one number, rounded up to whole words.
    private const int ControlSize = 24;

    private readonly DescriptorHandle _sending;
    private readonly DescriptorHandle _receiving;

    private DescriptorPassage(int sending, int receiving)
    {
        _sending = new DescriptorHandle(Descriptor.FromResult(sending));
        _receiving = new DescriptorHandle(Descriptor.FromResult(receiving));
    }

    /// <summary>The room for a message, in bytes.</summary>
    internal static int MessageSize => sizeof(LibC.msghdr) + sizeof(LibC.iovec) + ControlSize + sizeof(long);

    /// <summary>The end of the child.</summary>
    internal DescriptorHandle Sending => _sending;

    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal static DescriptorPassage Create()
    {
        int* ends = stackalloc int[2];
        if (LibC.socketpair(LibC.AF_UNIX, LibC.SOCK_SEQPACKET | LibC.SOCK_CLOEXEC, 0, ends) != 0)
        {
            LinuxException.ThrowLast("socketpair");
        }

        return new DescriptorPassage(ends[0], ends[1]);
    }

    /// <summary>Writes a message that carries a descriptor of the sender into zeroed memory of <see cref="MessageSize"/>, and returns its address.</summary>
    internal static LibC.msghdr* WriteMessage(byte* memory, int descriptor)
    {
        LibC.msghdr* message = (LibC.msghdr*)memory;
        LibC.iovec* vector = (LibC.iovec*)(message + 1);
        LibC.cmsghdr* control = (LibC.cmsghdr*)(vector + 1);

        // One byte of text, because a message without any carries nothing.
        *vector = new LibC.iovec { iov_base = (byte*)control + ControlSize, iov_len = 1 };
        *control = new LibC.cmsghdr { cmsg_len = (nuint)(sizeof(LibC.cmsghdr) + sizeof(int)), cmsg_level = LibC.SOL_SOCKET, cmsg_type = LibC.SCM_RIGHTS };
        *(int*)(control + 1) = descriptor;
        *message = new LibC.msghdr { msg_iov = vector, msg_iovlen = 1, msg_control = control, msg_controllen = ControlSize };
        return message;
    }

    /// <summary>Takes the descriptor of a message that has been sent; not open with errno where there is none.</summary>
    /// <exception cref="LinuxException">There are no descriptors left.</exception>
    internal Descriptor Receive()
    {
        byte* memory = stackalloc byte[MessageSize];
        LibC.msghdr* message = WriteMessage(memory, -1);
        nint got = LibC.recvmsg((int)_receiving.DangerousGetHandle(), message, LibC.MSG_DONTWAIT | LibC.MSG_CMSG_CLOEXEC);
        LibC.cmsghdr* control = (LibC.cmsghdr*)message->msg_control;

        // The kernel drops the descriptor where the receiver may open no more of them.
        return got > 0 && message->msg_controllen == 0 ? throw new LinuxException(LibC.EMFILE, "recvmsg")
            : Descriptor.FromResult(got <= 0 || control->cmsg_type != LibC.SCM_RIGHTS ? -1 : *(int*)(control + 1), "recvmsg");
    }

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }
}
