using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>How to go into a target, and as whom.</summary>
internal sealed record JoinOptions
{
    /// <summary>The types to join; null is all in which the target differs from the session.</summary>
    internal NamespaceTypeSet? Types { get; init; }

    /// <summary>A descriptor of the target that is a socket, whose net namespace is meant.</summary>
    internal int? SocketDescriptor { get; init; }

    /// <summary>Join the user namespace that owns the others.</summary>
    internal bool UserParent { get; init; }

    /// <summary>The uid inside.</summary>
    internal uint? UserId { get; init; }

    /// <summary>The gid inside.</summary>
    internal uint? GroupId { get; init; }

    /// <summary>The target's own ids, translated into its user namespace.</summary>
    internal bool FollowCredentials { get; init; }

    /// <summary>Keep the session's ids.</summary>
    internal bool PreserveCredentials { get; init; }

    /// <summary>Keep capabilities, whatever the uid.</summary>
    internal bool KeepCapabilities { get; init; }

    /// <summary>A directory of the session that becomes the root.</summary>
    internal string? Root { get; init; }

    /// <summary>The target's own root.</summary>
    internal bool TargetRoot { get; init; }

    /// <summary>Where to start, a path inside.</summary>
    internal string? WorkingDirectory { get; init; }

    /// <summary>Where to start, a path outside.</summary>
    internal string? OuterWorkingDirectory { get; init; }

    /// <summary>Where the target is.</summary>
    internal bool TargetWorkingDirectory { get; init; }

    /// <summary>The variables of the target instead of the session's.</summary>
    internal bool TargetEnvironment { get; init; }

    /// <summary>Join the target's control group.</summary>
    internal bool JoinCgroup { get; init; }

    /// <summary>Run in the target's SELinux context.</summary>
    internal bool FollowContext { get; init; }
}
