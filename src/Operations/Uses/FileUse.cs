using System.Globalization;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Uses;

/// <summary>A mount on a file in another mount namespace.</summary>
/// <param name="Path">The file, by its path here.</param>
/// <param name="What">The namespace that is mounted on it there.</param>
/// <param name="MountNamespace">The inode of the mount namespace.</param>
/// <param name="ProcessId">A process in it; 0 for none.</param>
/// <param name="IsSame">Whether the same is mounted on it here.</param>
internal sealed record FileUse(string Path, string What, ulong MountNamespace, int ProcessId, bool IsSame)
{
    /// <summary>A remedy.</summary>
    internal const string Remedy = "Use it, or remove it, in that mount namespace.";

    /// <summary>The loss, as a sentence.</summary>
    public override string ToString()
    {
        string process = ProcessId == 0 ? string.Empty : string.Create(CultureInfo.InvariantCulture, $" (process {ProcessId})");
        string where = string.Create(CultureInfo.InvariantCulture, $"mnt:[{MountNamespace}]{process}");
        return IsSame
            ? $"'{SafeText.Escape(Path)}' comes from {where}, where {SafeText.Escape(What)} is mounted on it too, and would lose name and mount with the file."
            : $"In {where} {SafeText.Escape(What)} is mounted on '{SafeText.Escape(Path)}', and would lose name and mount with the file.";
    }
}
