namespace LinuxNamespaces;

/// <summary>What a TCP socket waits for.</summary>
public enum NetTimer
{
    /// <summary>Nothing.</summary>
    Off = 0,

    /// <summary>Data that was not confirmed will be sent again.</summary>
    Retransmit = 1,

    /// <summary>The other end will be asked whether it is there.</summary>
    KeepAlive = 2,

    /// <summary>The end of TIME-WAIT.</summary>
    TimeWait = 3,

    /// <summary>The other end will be asked whether it has room again.</summary>
    Probe = 4,
}
