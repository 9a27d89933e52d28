using System.IO;
using LinuxNamespaces.Interop;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>Descriptors a child was started with, taken over so that its own children do not get them.</summary>
internal static class InheritedPipe
{
    internal static FileStream OpenRead(int descriptor) => Open(descriptor, FileAccess.Read);

    internal static FileStream OpenWrite(int descriptor) => Open(descriptor, FileAccess.Write);

    private static FileStream Open(int descriptor, FileAccess access)
    {
        if (LibC.fcntl(descriptor, LibC.F_SETFD, LibC.FD_CLOEXEC) != 0)
        {
            LinuxException.ThrowLast("fcntl(F_SETFD)");
        }

        return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), access, bufferSize: 0);
    }
}
