using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Parts;

namespace LinuxNamespaces.Operations.Start;

/// <summary>
/// What can be seen to fail before anything is started. It changes nothing and promises nothing: the kernel decides, at the start.
/// </summary>
internal static class SpawnForecast
{
    /// <summary>What would fail, in the words of the failure.</summary>
    internal static IEnumerable<NamespaceException> Foresee(SpawnPlan plan)
    {
        SpawnFailure failure = new(plan.Request);
        return new[] { Namespaces(plan, failure), Groups(plan.Request), Redirection(plan.Request), Root(plan.Request), WorkingDirectory(plan.Request, failure), Program(plan) }
            .Concat(plan.Request.Persist.Select(pin => Pin(pin.Value, failure)))
            .OfType<NamespaceException>();
    }

    /// <summary>That the program is not there, where the session sees the files the child will see; null where it is, or nobody knows.</summary>
    internal static NamespaceException? Program(SpawnPlan plan)
    {
        if (plan.Programs.Any(program => !IsOfSession(plan.Request, program)))
        {
            return null;
        }

        int[] failures = [.. plan.Programs.Select(Look)];
        return failures.All(IsMissing) ? SpawnFailure.Program(plan, failures[0]) : null;
    }

    private static NamespaceException? Namespaces(SpawnPlan plan, SpawnFailure failure)
    {
        IReadOnlyCollection<NamespaceType> types = plan.Request.Types;
        bool hasUser = types.Contains(NamespaceType.User);
        if (failure.HasLimitOfZero)
        {
            return failure.NewNamespaces(new LinuxException(LibC.ENOSPC, "clone"));
        }

        // Who joins a user namespace may have all rights there.
        bool isFree = types.Count == 0 || hasUser || plan.Request.Join.Any(join => join.Type == NamespaceType.User);
        return isFree || ProcessCredentials.Has(ProcessCredentials.CapSysAdmin) ? null : failure.NewNamespaces(new LinuxException(LibC.EPERM, "clone"));
    }

    private static NamespaceException? Groups(SpawnRequest request) =>
        IdentitySteps.MustDropGroupsFirst(request) && !ProcessCredentials.Has(ProcessCredentials.CapSetGid)
            ? SpawnFailure.Ids(new LinuxException(LibC.EPERM, "setgroups"))
            : null;

    private static NamespaceException? Redirection(SpawnRequest request) =>
        new[] { (File: request.StandardInput, Failure: request.StandardInput is null ? 0 : Look(request.StandardInput)) }
            .Concat(new[] { request.StandardOutput, request.StandardError }.Select(file => (File: file, Failure: LookAtDirectory(Path.GetDirectoryName(file)))))
            .Where(stream => stream.Failure != 0)
            .Select(stream => SpawnFailure.Redirect(new LinuxException(stream.Failure, "open", SafeText.Escape(stream.File!))))
            .FirstOrDefault();

    // The child may have more rights than the session, in a user namespace: that something may not be looked at says nothing.
    private static NamespaceException? Root(SpawnRequest request) =>
        request.Root is string root && !request.Join.Any(join => join.Type == NamespaceType.Mnt) && LookAtDirectory(root) is int errno && IsMissing(errno)
            ? SpawnFailure.Root(new LinuxException(errno, "chroot", SafeText.Escape(root)))
            : null;

    private static NamespaceException? WorkingDirectory(SpawnRequest request, SpawnFailure failure) =>
        request.WorkingDirectory is string directory && IsOfSession(request, directory) && LookAtDirectory(directory) is int errno && IsMissing(errno)
            ? failure.WorkingDirectory(new LinuxException(errno, "chdir", SafeText.Escape(directory)))
            : null;

    private static NamespaceException? Pin(string path, SpawnFailure failure) =>
        LookAtDirectory(Path.GetDirectoryName(path)) is int errno and not 0
            ? failure.Persist(new LinuxException(errno, "open", SafeText.Escape(path)))
            : null;

    // Whether what lies there for the child is what lies there for the session: not below what is mounted for it, or is the child's own.
    private static bool IsOfSession(SpawnRequest request, string path) =>
        request.Root is null && request.RootDirectory is null && !request.Join.Any(join => join.Type == NamespaceType.Mnt) && path.StartsWith('/')
        && new[] { "/proc", request.ProcDirectory, request.BinfmtDirectory }.All(mount => mount is null || !IsBelow(path, mount));

    private static bool IsBelow(string path, string directory) => path.StartsWith(directory.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool IsMissing(int errno) => errno is LibC.ENOENT or LibC.ENOTDIR;

    private static int Look(string path) => FileStatus.TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), out _) ? 0 : Errno.Last;

    private static int LookAtDirectory(string? path) =>
        string.IsNullOrEmpty(path) ? 0
            : !FileStatus.TryGet(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), out FileStatus status) ? Errno.Last
            : status.IsDirectory ? 0 : LibC.ENOTDIR;
}
