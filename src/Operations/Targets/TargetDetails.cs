using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.ControlGroups;
using LinuxNamespaces.Kernel.Errors;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Kernel.Processes;
using Microsoft.Win32.SafeHandles;

namespace LinuxNamespaces.Operations.Targets;

/// <summary>The properties of a process besides namespaces, read through its open /proc directory, so never those of a later process with its number.</summary>
internal static class TargetDetails
{
    private const string SelinuxDirectory = "/sys/fs/selinux";

    /// <summary>The net namespace of one of its sockets.</summary>
    internal static NamespaceHandle OpenSocketNamespace(ProcessHandle process, int number)
    {
        using Descriptor socket = PidDescriptor.Duplicate(Descriptor.FromResult(process.PidDescriptor), number);
        string what = string.Create(CultureInfo.InvariantCulture, $"descriptor {number} of process {process.ProcessId}");
        if (!socket.IsOpen)
        {
            LinuxException.ThrowLast("pidfd_getfd", what);
        }

        return ProcessNamespaces.OpenOfSocket(socket) ?? throw new NamespaceException(
            ErrorIds.NotASocket, $"The {what} is not a socket with a net namespace.", "ls -l /proc/PID/fd shows which descriptors are sockets.", new LinuxException(Errno.Last, "ioctl(SIOCGSKNS)", what));
    }

    /// <summary>Its root or working directory, by the NUL-terminated name of the link.</summary>
    internal static DescriptorHandle OpenDirectory(ProcessHandle process, ReadOnlySpan<byte> link)
    {
        Descriptor directory = Descriptor.OpenAt(process.Directory, link, LibC.O_PATH);
        if (!directory.IsOpen)
        {
            LinuxException.ThrowLast("open", PathOf(process, Encoding.UTF8.GetString(link[..^1])));
        }

        return new DescriptorHandle(directory);
    }

    /// <summary>Its variables as NAME=VALUE, as they were when it started.</summary>
    internal static IReadOnlyList<string> ReadEnvironment(ProcessHandle process) =>
        [.. Read(process, "environ").Split('\0').Where(entry => entry.Length > 0)];

    /// <summary>The directories in which it looks for programs; null where that is not to be had.</summary>
    internal static string? ReadSearchPath(ProcessHandle process)
    {
        try
        {
            return ReadEnvironment(process).LastOrDefault(entry => entry.StartsWith("PATH=", StringComparison.Ordinal))?["PATH=".Length..];
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            return null;
        }
    }

    /// <summary>Its SELinux context.</summary>
    internal static string ReadContext(ProcessHandle process) => Directory.Exists(SelinuxDirectory)
        ? Read(process, "attr/current").TrimEnd('\0', '\n')
        : throw new NamespaceException(ErrorIds.SelinuxNotEnabled, "This system runs without SELinux, so there is no context to follow.", "Leave -FollowContext out.");

    /// <summary>The cgroup.procs file of its group in the unified hierarchy.</summary>
    internal static SafeFileHandle OpenControlGroup(ProcessHandle process)
    {
        string? group = ControlGroupTree.GroupOf(Read(process, "cgroup"));
        if (group is null || ControlGroupTree.Find(group)?.FolderOf(group) is not string folder)
        {
            throw new NamespaceException(ErrorIds.ControlGroupNotFound, $"The control group of process {process.ProcessId} is out of sight.", "It must be in a cgroup2 file system mounted here, below the session's own cgroup namespace.");
        }

        string path = folder + "/cgroup.procs";
        try
        {
            // A child that is frozen before it has become its program would hold up the session, Ctrl+C included.
            string events = folder + "/cgroup.events";
            if (File.Exists(events) && File.ReadLines(events).Contains("frozen 1"))
            {
                throw new NamespaceException(ErrorIds.ControlGroupRefused, $"The control group '{SafeText.Escape(folder)}' is frozen: nothing that joins it would run.", "Write 0 to its cgroup.freeze, or leave -JoinCgroup out.");
            }

            return File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new NamespaceException(ErrorIds.ControlGroupRefused, $"'{SafeText.Escape(path)}' cannot be written.", "It needs write access to cgroup.procs of the target's group.", exception);
        }
    }

    /// <summary>Its effective ids: as itself sees them, where its user namespace is joined.</summary>
    internal static (uint UserId, uint GroupId) ReadCredentials(ProcessHandle process, bool inside)
    {
        string status = Read(process, "status");
        uint userId = ProcessStatus.IdsOf(status, "Uid")[1];
        uint groupId = ProcessStatus.IdsOf(status, "Gid")[1];
        return inside ? (ToInner(process, IdRange.UserFile, userId), ToInner(process, IdRange.GroupFile, groupId)) : (userId, groupId);
    }

    private static uint ToInner(ProcessHandle process, string file, uint id) =>
        IdRange.ToInner(IdRange.TryReadAll(process.Directory, file) ?? throw Hidden(process, file, Errno.Last), id)
            ?? throw new NamespaceException(ErrorIds.IdNotMapped, $"Id {id} of process {process.ProcessId} has no mapping in its user namespace ({file}).", "Give -UserId and -GroupId, as seen inside.");

    private static string Read(ProcessHandle process, string file) => KernelFile.TryRead(process.Directory, file) ?? throw Hidden(process, file, Errno.Last);

    private static NamespaceException Hidden(ProcessHandle process, string file, int errno) => new(
        ErrorIds.ProcessHidden, $"{PathOf(process, file)} cannot be read.", "Run as root, or as the user of that process.", new LinuxException(errno, "open", PathOf(process, file)));

    private static string PathOf(ProcessHandle process, string file) => $"/proc/{process.ProcessId}/{file}";
}
