using System.Globalization;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>Binds a child's new namespaces to files, so that they live on without a process.</summary>
internal static unsafe class NamespacePins
{
    /// <summary>Binds all that were asked for; each is taken back should the start fail later.</summary>
    internal static void Bind(SpawnGate gate, SpawnRequest request, SpawnFailure failure)
    {
        foreach ((NamespaceType type, string path) in request.Persist.OrderBy(pin => pin.Key))
        {
            // A new time namespace is entered by execve only.
            string link = type == NamespaceType.Time ? "time_for_children" : type.KernelName();
            Bind(gate, string.Create(CultureInfo.InvariantCulture, $"/proc/{gate.ProcessId}/ns/{link}"), path, failure);
        }
    }

    private static void Bind(SpawnGate gate, string source, string path, SpawnFailure failure)
    {
        byte[] target = Encoding.UTF8.GetBytes(path + '\0');
        string shown = SafeText.Escape(path);
        if (FileStatus.TryGet(LibC.AT_FDCWD, target, out FileStatus status))
        {
            if (status.IsDirectory)
            {
                throw failure.Persist(new LinuxException(LibC.EISDIR, "mount", shown));
            }

            if (status.Device == NsfsDevice.Value || status.IsMountRoot)
            {
                throw new NamespaceException(
                    "PersistTargetBusy", $"Something is mounted on '{shown}' already.", $"Take another path, or let that one go: umount '{shown}'", new LinuxException(LibC.EBUSY, "mount", shown));
            }
        }
        else
        {
            Create(gate, target, shown, failure);
        }

        fixed (byte* from = Encoding.ASCII.GetBytes(source + '\0'))
        fixed (byte* to = target)
        {
            if (LibC.mount(from, to, null, LibC.MS_BIND, null) != 0)
            {
                throw failure.Persist(new LinuxException(Errno.Last, "mount", shown));
            }
        }

        gate.OnFailure(() => Unmount(target));
    }

    private static void Create(SpawnGate gate, byte[] target, string shown, SpawnFailure failure)
    {
        using (Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, target, LibC.O_RDONLY | LibC.O_CREAT | LibC.O_EXCL))
        {
            if (!file.IsOpen)
            {
                throw failure.Persist(new LinuxException(Errno.Last, "open", shown));
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
}
