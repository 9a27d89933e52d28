using LinuxNamespaces.Interop;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// The descriptors of a child while it prepares. Either its own from the first step on, the standard three and no others, or a copy of all
/// the session's, of which it closes 0: so the number of what it opens next is known beforehand.
/// </summary>
internal readonly record struct ChildDescriptors(bool AreOwn)
{
    /// <summary>The number of the next file to be opened.</summary>
    internal int Scratch => AreOwn ? 3 : 0;

    /// <summary>A file below /proc as it is outside: the directory for openat(2).</summary>
    internal StepArgument ProcDirectory => AreOwn ? LibC.AT_FDCWD : SpawnDescriptor.Proc;

    /// <summary>The path for that.</summary>
    internal string ProcPath(string file) => AreOwn ? "/proc/" + file : file;
}
