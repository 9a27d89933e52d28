using System.Runtime.InteropServices;

namespace LinuxNamespaces.Interop;

// <ucontext.h>: glibc only.
internal static unsafe partial class LibC
{
    /// <summary>The beginning of a context, which 64-bit architectures share; what follows differs between them.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ucontext_t
    {
        internal nuint uc_flags;
        internal void* uc_link;
        internal stack_t uc_stack;
    }

    // Both are called for each step of a child and never block. getcontext fails only where sigprocmask(2) does: never.
    [LibraryImport(Name)]
    [SuppressGCTransition]
    internal static partial int getcontext(void* ucp);

    // Variadic in C: the arguments travel like named ones on the ABIs supported, each as wide as a register.
    [LibraryImport(Name)]
    [SuppressGCTransition]
    internal static partial void makecontext(
        void* ucp, nint func, int argc, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5, nint arg6, nint arg7);

    // Those behind the first six (x64) or eight (arm64) lie on the stack.
    [LibraryImport(Name)]
    [SuppressGCTransition]
    internal static partial void makecontext(
        void* ucp, nint func, int argc, nint arg1, nint arg2, nint arg3, nint arg4, nint arg5, nint arg6, nint arg7, nint arg8, nint arg9, nint arg10, nint arg11, nint arg12, nint arg13, nint arg14);

    [LibraryImport(Name, SetLastError = true)]
    internal static partial int swapcontext(void* oucp, void* ucp);
}
