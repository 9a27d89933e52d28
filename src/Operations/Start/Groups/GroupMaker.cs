using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Start.Groups;

/// <summary>
/// Makes control groups in the file system of the hierarchy. The session holds a lock on the directory of each, so that another session can tell a group in
/// use from one that a session has left behind.
/// </summary>
internal static unsafe class GroupMaker
{
    private const string Prefix = "linuxnamespaces-";
    private const uint FolderMode = 0x1ED;
    private const int MostTries = 8;

    private static int s_count;

    /// <summary>Makes a group with its limits, and nothing in it.</summary>
    /// <exception cref="NamespaceException">ControllerNotDelegated, ControlGroupRefused.</exception>
    internal static ControlGroup Make(GroupPlace place, ControlGroupLimits limits)
    {
        place.Delegate(limits);
        Sweep(place.Parent);
        ControlGroup group = Make(place.Parent);
        try
        {
            Apply(group, limits);
            return group;
        }
        catch
        {
            group.Dispose();
            throw;
        }
    }

    /// <summary>Writes the limits into the files of a group.</summary>
    /// <exception cref="NamespaceException">ControllerNotDelegated, ControlGroupRefused.</exception>
    internal static void Apply(ControlGroup group, ControlGroupLimits limits)
    {
        foreach (ControlGroupSetting setting in limits.Settings)
        {
            ControlGroupSetting used = !group.Has(setting.File) && setting.OrElse is ControlGroupSetting other && group.Has(other.File) ? other : setting;
            switch (group.Write(used.File, used.Value))
            {
                case 0:
                case LibC.ENOENT when setting.IsOptional:
                    break;
                case LibC.ENOENT:
                    throw setting.Controller == "io"
                        ? new NamespaceException(ErrorIds.ControlGroupRefused, "This kernel gives no weights to users of the disks: io.weight and io.bfq.weight are missing.", "Leave -IoWeight out, or choose the scheduler bfq for the disk.", new LinuxException(LibC.ENOENT, "open", used.File))
                        : GroupPlace.NotDelegated(setting.Controller, group.Path);
                case int errno:
                    throw GroupPlace.Refused($"The kernel refused the value '{used.Value}' for {used.File}", errno, group.Path);
            }
        }
    }

    /// <summary>Removes the groups that ended sessions have left and that nothing is in.</summary>
    internal static void Sweep(string parent)
    {
        string[] folders;
        try
        {
            folders = Directory.GetDirectories(parent, Prefix + "*");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return;
        }

        foreach (string folder in folders)
        {
            using Descriptor directory = Open(folder);
            if (directory.IsOpen && LibC.flock(directory.Number, LibC.LOCK_EX | LibC.LOCK_NB) == 0)
            {
                ControlGroup.TryRemove(folder);
            }
        }
    }

    private static ControlGroup Make(string parent)
    {
        for (int i = 0; i < MostTries; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{parent}/{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");
            int errno = MakeFolder(path);
            if (errno == 0)
            {
                Descriptor directory = Open(path);
                if (directory.IsOpen && LibC.flock(directory.Number, LibC.LOCK_EX | LibC.LOCK_NB) == 0)
                {
                    ControlGroup group = new(path, directory);
                    if (group.Has("cgroup.procs"))
                    {
                        return group;
                    }

                    group.Dispose();
                }
                else
                {
                    directory.Dispose();
                }

                // A session that swept has taken it for an abandoned one: next number.
            }
            else if (errno != LibC.EEXIST)
            {
                throw GroupPlace.Refused("The control group could not be made", errno, path);
            }
        }

        throw GroupPlace.Refused("The control group could not be made", LibC.EEXIST, parent);
    }

    private static int MakeFolder(string path)
    {
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            return LibC.mkdirat(LibC.AT_FDCWD, name, FolderMode) == 0 ? 0 : Errno.Last;
        }
    }

    private static Descriptor Open(string path) => Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_RDONLY);
}
