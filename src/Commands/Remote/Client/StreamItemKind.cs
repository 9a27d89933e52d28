namespace LinuxNamespaces.Commands.Remote.Client;

/// <summary>The kinds of <see cref="StreamItem"/>.</summary>
internal enum StreamItemKind
{
    /// <summary>A record of a script block's stream.</summary>
    Record,

    /// <summary>A line of a program's output.</summary>
    Line,

    /// <summary>A block of a program's output.</summary>
    Block,

    /// <summary>A line of a program's errors that becomes an error record.</summary>
    ErrorLine,

    /// <summary>A block of a program's errors for the standard error stream.</summary>
    ErrorBlock,

    /// <summary>A moment to hand on errors that have arrived.</summary>
    Pause,

    /// <summary>The exit of a program.</summary>
    ProgramEnd,

    /// <summary>The exit code of the last program of a script block.</summary>
    ExitCode,

    /// <summary>An exception of the invocation itself.</summary>
    Failed,

    /// <summary>The end of the invocation: nothing follows.</summary>
    End,
}
