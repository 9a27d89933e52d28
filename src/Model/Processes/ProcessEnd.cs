namespace LinuxNamespaces;

/// <summary>How a child of the session ended.</summary>
/// <param name="HasExited">Whether it has ended at all.</param>
/// <param name="ExitCode">The exit code; null while it runs, and where a signal terminated it.</param>
/// <param name="Signal">The signal that ended it.</param>
internal readonly record struct ProcessEnd(bool HasExited, int? ExitCode, int? Signal);
