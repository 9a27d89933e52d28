namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>How a <see cref="ChildStep"/> is run.</summary>
internal enum ChildStepKind
{
    /// <summary>One libc call.</summary>
    Call,

    /// <summary>Wait for the session.</summary>
    Gate,

    /// <summary>Go on in a second process.</summary>
    Clone,

    /// <summary>Go on in a child of this process, which stays to look after it.</summary>
    Reap,
}
