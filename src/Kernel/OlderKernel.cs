using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel;

/// <summary>Lets tests see how the module does on a kernel that lacks something. Nothing is missing otherwise.</summary>
internal static class OlderKernel
{
    /// <summary>What the wrappers shall act as if it were not there.</summary>
    internal static KernelFeature Missing { get; set; }

    /// <summary>Whether to act so: with errno as that kernel would leave it.</summary>
    internal static bool Lacks(KernelFeature feature)
    {
        if ((Missing & feature) == 0)
        {
            return false;
        }

        // A call that is not there, and an ioctl that is not.
        Marshal.SetLastPInvokeError(feature is KernelFeature.ListMount or KernelFeature.ListNamespaces ? LibC.ENOSYS : LibC.ENOTTY);
        return true;
    }
}
