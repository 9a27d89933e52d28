using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>Files the new namespaces are bound to.</summary>
    internal IReadOnlyDictionary<NamespaceType, string> Persist { get; init; } = new Dictionary<NamespaceType, string>();
}

/// <summary>Binds the new namespaces to files, so that they live on without a process.</summary>
internal sealed unsafe class PinsPart(SpawnRequest request) : StartPart
{
    private readonly SpawnRequest _request = request;

    internal override void Validate()
    {
        foreach (NamespaceType type in _request.Persist.Keys)
        {
            RequestRules.Require(_request.Types, type, true, "-Persist of " + type.KernelName());
        }

        RequestRules.CheckNoNul(_request.Persist.Values);
    }

    internal override IEnumerable<NamespaceException?> Forecast(SessionFiles files) => _request.Persist.Values
        .Select(path => SessionFiles.LookAtDirectory(Path.GetDirectoryName(path)) is int errno and not 0
            ? Refused(new LinuxException(errno, "open", SafeText.Escape(path)))
            : null);

    internal override IEnumerable<GateWork> WorkAt(StartGate gate)
    {
        if (gate == StartGate.Last && _request.Persist.Count > 0)
        {
            yield return new GateWork("binds " + string.Join(", ", _request.Persist.Select(pin => $"{pin.Key.KernelName()} to {SafeText.Escape(pin.Value)}")), Bind);
        }
    }

    // All that were asked for; each is taken back should the start fail later.
    private void Bind(SpawnGate gate)
    {
        foreach ((NamespaceType type, string path) in _request.Persist.OrderBy(pin => pin.Key))
        {
            // A new time namespace is entered by execve only.
            string link = type == NamespaceType.Time ? "time_for_children" : type.KernelName();
            Bind(gate, string.Create(CultureInfo.InvariantCulture, $"/proc/{gate.ProcessId}/ns/{link}"), path);
        }
    }

    private void Bind(SpawnGate gate, string source, string path)
    {
        byte[] target = Encoding.UTF8.GetBytes(path + '\0');
        string shown = SafeText.Escape(path);
        if (FileStatus.TryGet(LibC.AT_FDCWD, target, out FileStatus status))
        {
            if (status.IsDirectory)
            {
                throw Refused(new LinuxException(LibC.EISDIR, "mount", shown));
            }

            if (status.Device == NsfsDevice.Value || status.IsMountRoot)
            {
                throw new NamespaceException(
                    "PersistTargetBusy", $"Something is mounted on '{shown}' already.", $"Take another path, or let that one go: umount '{shown}'", new LinuxException(LibC.EBUSY, "mount", shown));
            }
        }
        else
        {
            Create(gate, target, shown);
        }

        fixed (byte* from = Encoding.ASCII.GetBytes(source + '\0'))
        fixed (byte* to = target)
        {
            if (LibC.mount(from, to, null, LibC.MS_BIND, null) != 0)
            {
                throw Refused(new LinuxException(Errno.Last, "mount", shown));
            }
        }

        gate.OnFailure(() => Unmount(target));
    }

    private void Create(SpawnGate gate, byte[] target, string shown)
    {
        using (Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, target, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL))
        {
            if (!file.IsOpen)
            {
                throw Refused(new LinuxException(Errno.Last, "open", shown));
            }
        }

        gate.OnFailure(() =>
        {
            fixed (byte* path = target)
            {
                _ = LibC.unlink(path);
            }
        });
    }

    private static void Unmount(byte[] target)
    {
        fixed (byte* path = target)
        {
            _ = LibC.umount2(path, LibC.MNT_DETACH);
        }
    }

    private NamespaceException Refused(LinuxException failure) => new(
        "PersistRefused",
        $"The namespace could not be bound to '{failure.Path}'.",
        failure.NativeErrorCode switch
        {
            LibC.EINVAL when _request.Persist.ContainsKey(NamespaceType.Mnt) => "A mount namespace can be bound only where mounts do not propagate: make the mount it lies on private (mount --bind DIR DIR; mount --make-private DIR).",
            LibC.EPERM or LibC.EACCES => "Binding a namespace needs CAP_SYS_ADMIN in the session's mount namespace: run as root.",
            LibC.ENOENT or LibC.ENOTDIR => "The directory must exist.",
            LibC.EISDIR => "A namespace is bound to a file: name one in that directory, which need not exist.",
            LibC.EEXIST => "That is a symbolic link to nothing: name a file, which need not exist.",
            _ => null,
        },
        failure);
}
