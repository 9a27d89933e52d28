namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>Where the kernel has the mounts of a file system, of whatever mount namespace: they hang on its super_block.</summary>
/// <param name="Stashed">mnt_namespace.ns.stashed: the dentry of a namespace that is open.</param>
/// <param name="SuperBlock">dentry.d_sb</param>
/// <param name="Mounts">super_block.s_mounts: the first mount, or, before Linux 6.18, the head of a ring of list_head.</param>
/// <param name="IsRing">Whether it is such a ring.</param>
/// <param name="Next">mount.mnt_next_for_sb, or mount.mnt_instance of the ring</param>
/// <param name="Namespace">mount.mnt_ns</param>
internal sealed record MountLayout(int Stashed, int SuperBlock, int Mounts, bool IsRing, int Next, int Namespace)
{
    /// <summary>Finds all of them; null where the kernel has something else.</summary>
    /// <exception cref="BpfException">The description is malformed.</exception>
    internal static MountLayout? TryRead(Btf btf)
    {
        if (!btf.TryStructure("super_block", out uint superBlock) || !btf.TryStructure("dentry", out uint dentry)
            || !btf.TryStructure("mount", out uint mount) || !btf.TryStructure("mnt_namespace", out uint mountNamespace)
            || !btf.TryField(mountNamespace, "ns.stashed", out BtfField stashed) || stashed.Size != sizeof(ulong)
            || !btf.TryField(dentry, "d_sb", out BtfField super) || !super.IsPointer
            || !btf.TryField(superBlock, "s_mounts", out BtfField mounts)
            || !btf.TryField(mount, mounts.IsPointer ? "mnt_next_for_sb" : "mnt_instance", out BtfField next) || next.Size != mounts.Size
            || !btf.TryField(mount, "mnt_ns", out BtfField owner) || !owner.IsPointer)
        {
            return null;
        }

        return new MountLayout(stashed.Offset, super.Offset, mounts.Offset, !mounts.IsPointer, next.Offset, owner.Offset);
    }
}
