using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Operations.Start;

/// <summary>What a caller wants started, and where. Checked and turned into steps by <see cref="SpawnPlanner"/>.</summary>
internal sealed record SpawnRequest
{
    /// <summary>The namespaces to make.</summary>
    internal IReadOnlyCollection<NamespaceType> Types { get; init; } = [];

    /// <summary>The namespaces to join, held open by the caller until the start has ended.</summary>
    internal IReadOnlyList<JoinedNamespace> Join { get; init; } = [];

    /// <summary>The program: a path, or a name that is looked for in <see cref="SearchPath"/>; null is the user's shell.</summary>
    internal string? Program { get; init; }

    /// <summary>What is tried where <see cref="Program"/> is not there, in order.</summary>
    internal IReadOnlyList<string> FallbackPrograms { get; init; } = [];

    /// <summary>Its arguments.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Its whole environment.</summary>
    internal EnvironmentBlock Environment { get; init; } = [];

    /// <summary>The directories a program name is looked for in, separated by colons.</summary>
    internal string SearchPath { get; init; } = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>Where it starts, inside of <see cref="Root"/> where there is one; null stays where the session is, or goes to the root.</summary>
    internal string? WorkingDirectory { get; init; }

    /// <summary>Its root directory.</summary>
    internal string? Root { get; init; }

    /// <summary>A file to read from; null inherits.</summary>
    internal string? StandardInput { get; init; }

    /// <summary>A file to write to; null inherits.</summary>
    internal string? StandardOutput { get; init; }

    /// <summary>A file to write errors to; null inherits.</summary>
    internal string? StandardError { get; init; }

    /// <summary>
    /// Open files the program gets, by number: for 0 to 2 instead of what the session has there, from 3 on without a gap. Held by the
    /// caller until the start has ended.
    /// </summary>
    internal IReadOnlyList<SafeHandle?> Descriptors { get; init; } = [];

    /// <summary>Where it is before anything is joined, a path of the session; lost where a mount namespace is joined.</summary>
    internal string? InitialDirectory { get; init; }

    /// <summary>An open directory that becomes its root after the namespaces were joined.</summary>
    internal SafeHandle? RootDirectory { get; init; }

    /// <summary>An open directory it starts in, whether that is inside or not.</summary>
    internal SafeHandle? StartDirectory { get; init; }

    /// <summary>The open cgroup.procs files of the control groups it is to be in.</summary>
    internal IReadOnlyList<SafeHandle> ControlGroups { get; init; } = [];

    /// <summary>The SELinux context of the program.</summary>
    internal string? SecurityContext { get; init; }

    /// <summary>Keeps uid, gid and groups in a joined user namespace; else it becomes root there, where that exists.</summary>
    internal bool PreserveCredentials { get; init; }

    /// <summary>The map of user ids for a new user namespace.</summary>
    internal IdMap? UserMap { get; init; }

    /// <summary>The map of group ids.</summary>
    internal IdMap? GroupMap { get; init; }

    /// <summary>What is written to setgroups before the map of groups; null leaves it.</summary>
    internal SetGroupsPolicy? SetGroups { get; init; }

    /// <summary>Who owns the new user namespace; null is the caller.</summary>
    internal (uint UserId, uint GroupId)? Owner { get; init; }

    /// <summary>The uid the program runs as, as seen inside.</summary>
    internal uint? UserId { get; init; }

    /// <summary>The gid the program runs as.</summary>
    internal uint? GroupId { get; init; }

    /// <summary>Capabilities survive the start of the program, whatever its uid.</summary>
    internal bool KeepCapabilities { get; init; }

    /// <summary>How mounts propagate into and out of a new mount namespace.</summary>
    internal MountPropagation Propagation { get; init; }

    /// <summary>Where to mount a new /proc.</summary>
    internal string? ProcDirectory { get; init; }

    /// <summary>Where to mount binfmt_misc.</summary>
    internal string? BinfmtDirectory { get; init; }

    /// <summary>A line for binfmt_misc's register file.</summary>
    internal string? Interpreter { get; init; }

    /// <summary>What belongs to a named net namespace, to be seen in the new mount namespace.</summary>
    internal NetNamespaceView? NetView { get; init; }

    /// <summary>The host name of a new uts namespace.</summary>
    internal string? HostName { get; init; }

    /// <summary>The NIS domain name of a new uts namespace.</summary>
    internal string? DomainName { get; init; }

    /// <summary>Bring the lo of a new net namespace up.</summary>
    internal bool LoopbackUp { get; init; }

    /// <summary>Offset of the monotonic clock in a new time namespace.</summary>
    internal TimeSpan? MonotonicOffset { get; init; }

    /// <summary>Offset of the boot-time clock.</summary>
    internal TimeSpan? BootTimeOffset { get; init; }

    /// <summary>Files the new namespaces are bound to.</summary>
    internal IReadOnlyDictionary<NamespaceType, string> Persist { get; init; } = new Dictionary<NamespaceType, string>();

    /// <summary>The signal the program gets when the session ends.</summary>
    internal int? ParentDeathSignal { get; init; }

    /// <summary>A process group of its own, so that the terminal's signals go past it.</summary>
    internal bool OwnProcessGroup { get; init; }
}
