namespace LinuxNamespaces.Kernel.Bpf;

/// <summary>Where one type of namespace has what is read of it.</summary>
/// <param name="Pointer">In nsproxy: the offset of the pointer to it; in cred for the user namespace.</param>
/// <param name="Inode">Its inode number.</param>
/// <param name="Id">Its 64-bit id; -1 before Linux 6.18.</param>
/// <param name="Owner">The pointer to the user namespace that owns it; of a user namespace, to its parent.</param>
internal readonly record struct NamespaceLayout(int Pointer, int Inode, int Id, int Owner);
