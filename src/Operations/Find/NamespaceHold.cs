namespace LinuxNamespaces.Operations.Find;

/// <summary>A process that keeps a namespace alive, and the reason.</summary>
/// <param name="Inode">The namespace.</param>
/// <param name="Source">By what.</param>
/// <param name="ProcessId">Who.</param>
/// <param name="Number">The number of the thread or of the descriptor; 0 for what has none.</param>
internal readonly record struct NamespaceHold(ulong Inode, NamespaceSource Source, int ProcessId, int Number);
