using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <ucontext.h>: glibc only. ucontext_t stays opaque, because it differs between architectures.
internal static unsafe partial class LibC
{
    [LibraryImport(Name, SetLastError = true)]
    internal static partial int getcontext(void* ucp);

    // Variadic in C: the arguments travel like named ones on the ABIs supported, each as wide as a register.
    [LibraryImport(Name)]
    internal static partial void makecontext(
        void* ucp, nint func, int argc, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5, nint arg6, nint arg7);
}
