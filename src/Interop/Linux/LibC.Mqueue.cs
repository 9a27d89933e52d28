using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <mqueue.h>
internal static unsafe partial class LibC
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct mq_attr
    {
        internal nint mq_flags;
        internal nint mq_maxmsg;
        internal nint mq_msgsize;
        internal nint mq_curmsgs;
        private fixed long __spare[4];
    }
}
