using System.Runtime.InteropServices;
using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>A file descriptor that outlives the block of code it was opened in.</summary>
internal sealed class DescriptorHandle : SafeHandle
{
    /// <summary>Takes over an open descriptor.</summary>
    internal DescriptorHandle(Descriptor descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor.Number);

    public override bool IsInvalid => handle < 0;

    /// <summary>Valid while this object is referenced.</summary>
    internal int Number => (int)handle;

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
