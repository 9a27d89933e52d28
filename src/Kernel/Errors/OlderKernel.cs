using System;
using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Errors;

/// <summary>Lets tests see how the module does on a kernel that lacks something. Nothing is missing otherwise.</summary>
internal static class OlderKernel
{
    [ThreadStatic]
    private static KernelFeature s_missing;

    /// <summary>The features that the wrappers treat as missing on this thread.</summary>
    internal static KernelFeature Missing
    {
        get => s_missing;
        set => s_missing = value;
    }

    /// <summary>Whether to act so: with errno as that kernel would leave it.</summary>
    internal static bool Lacks(KernelFeature feature)
    {
        if ((s_missing & feature) == 0)
        {
            return false;
        }

        // A call that is not there, and an ioctl that is not.
        Marshal.SetLastPInvokeError(feature is KernelFeature.CloseRange or KernelFeature.ListMount or KernelFeature.ListNamespaces or KernelFeature.PidDescriptors or KernelFeature.MountAttributes ? LibC.ENOSYS : LibC.ENOTTY);
        return true;
    }
}
