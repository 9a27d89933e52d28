using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Mounts;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>Files the new namespaces are bound to.</summary>
    internal IReadOnlyList<PinnedType> Persist { get; init; } = [];
}

/// <summary>A type of new namespace, and the file that it is bound to.</summary>
internal sealed record PinnedType(NamespaceType Type, string Path);

/// <summary>Binds the new namespaces to files, so that they live on without a process.</summary>
internal sealed class PinsPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    internal override void Validate()
    {
        foreach (PinnedType pin in _request.Persist)
        {
            RequestRules.Require(_request.Types, pin.Type, true, "-Persist of " + pin.Type.KernelName());
        }

        RequestRules.CheckNoNul(_request.Persist.Select(pin => pin.Path));
    }

    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files) => _request.Persist
        .Select(pin => SessionFiles.LookAtDirectory(Path.GetDirectoryName(pin.Path)) is int errno and not 0
            ? Refused(new LinuxException(errno, "open", SafeText.Escape(pin.Path)))
            : null);

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate == StartGate.Last && _request.Persist.Count > 0)
        {
            yield return new GateWork("binds " + string.Join(", ", _request.Persist.Select(pin => $"{pin.Type.KernelName()} to {SafeText.Escape(pin.Path)}")), Bind);
        }
    }

    // All that were asked for; each is taken back should the start fail later.
    private void Bind(SpawnGate gate)
    {
        foreach ((NamespaceType type, string path) in _request.Persist.OrderBy(pin => pin.Type))
        {
            // A new time namespace is entered by execve only.
            Bind(gate, type == NamespaceType.Time ? "ns/time_for_children\0"u8 : NamespaceLink.PathOf(type), path);
        }
    }

    private void Bind(SpawnGate gate, ReadOnlySpan<byte> link, string path)
    {
        string shown = SafeText.Escape(path);
        using NamespaceHandle source = OpenOf(gate, link);
        BindFile.Pin(source, path, prepare: static () => { }, gate.OnFailure, (problem, errno) => Explain(problem, errno, shown));
    }

    private NamespaceException Explain(PinProblem problem, int errno, string shown)
    {
        LinuxException failure = new(errno, problem == PinProblem.Unreachable ? "open" : "mount", shown);
        return problem switch
        {
            PinProblem.HasNamespace or PinProblem.HasMount => new NamespaceException(
                ErrorIds.PersistTargetBusy, $"Something is mounted on '{shown}' already.", $"Take another path, or let that one go: umount '{shown}'", failure),
            PinProblem.NotAFile when errno != LibC.EISDIR => new NamespaceException(
                ErrorIds.PersistRefused, $"'{shown}' is not a plain file: bound over it, a namespace would hide it from everybody.", "Name a plain file, or one that does not exist yet.", failure),
            _ => Refused(failure),
        };
    }

    private static NamespaceHandle OpenOf(SpawnGate gate, ReadOnlySpan<byte> link)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{gate.ProcessId}/{Encoding.ASCII.GetString(link[..^1])}");
        return NamespaceHandle.TryOpen(LibC.AT_FDCWD, Encoding.ASCII.GetBytes(path + '\0')) ?? throw new LinuxException(Errno.Last, "open", path);
    }

    private NamespaceException Refused(LinuxException failure) => new(
        ErrorIds.PersistRefused,
        $"The namespace could not be bound to '{failure.Path}'.",
        failure.NativeErrorCode switch
        {
            LibC.EINVAL when _request.Persist.Any(pin => pin.Type == NamespaceType.Mnt) => "Mounts propagate there, and a mount namespace then cannot be bound: make the mount private (mount --bind DIR DIR; mount --make-private DIR).",
            LibC.EPERM or LibC.EACCES => "Binding a namespace needs CAP_SYS_ADMIN in the session's mount namespace: run as root.",
            LibC.ENOENT or LibC.ENOTDIR => "The directory must exist.",
            LibC.EISDIR => "A namespace is bound to a file: name one in that directory, which need not exist.",
            LibC.EEXIST => "That is a symbolic link to nothing: name a file, which need not exist.",
            _ => null,
        },
        failure);
}
