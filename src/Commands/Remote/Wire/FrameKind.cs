namespace LinuxNamespaces.Commands.Remote.Wire;

/// <summary>The kinds of frames between the session and the PowerShell inside a namespace.</summary>
internal enum FrameKind : byte
{
    /// <summary>To the inside: a script block to run.</summary>
    Invoke = 1,

    /// <summary>To the inside: stop what runs.</summary>
    Stop = 2,

    /// <summary>From the inside: ready for a script block.</summary>
    Ready = 16,

    /// <summary>From the inside: one object of a stream.</summary>
    Output = 17,

    /// <summary>See <see cref="Output"/>.</summary>
    Error = 18,

    /// <summary>See <see cref="Output"/>.</summary>
    Warning = 19,

    /// <summary>See <see cref="Output"/>.</summary>
    Verbose = 20,

    /// <summary>See <see cref="Output"/>.</summary>
    Debug = 21,

    /// <summary>See <see cref="Output"/>.</summary>
    Information = 22,

    /// <summary>See <see cref="Output"/>.</summary>
    Progress = 23,

    /// <summary>From the inside: the script block ended by this error.</summary>
    Failed = 24,

    /// <summary>From the inside: the script block has ended; the exit code of its last program.</summary>
    Done = 25,
}
