namespace LinuxNamespaces.Operations.Start.Planning;

/// <summary>The points where a child waits until the session has done something for it.</summary>
internal enum StartGate
{
    /// <summary>After <see cref="StartStage.Map"/>: new namespaces exist, and nothing runs in them.</summary>
    First,

    /// <summary>After <see cref="StartStage.Settle"/>: everything is prepared but the descriptors.</summary>
    Last,
}
