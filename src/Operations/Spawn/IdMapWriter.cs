using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel;

namespace LinuxNamespaces.Operations;

/// <summary>Writes the id maps of a child that waits in a new user namespace.</summary>
internal static class IdMapWriter
{
    /// <summary>setgroups first, because a caller without privileges may write gid_map only after "deny"; then groups, then users.</summary>
    internal static void Write(int processId, SpawnRequest request)
    {
        if (request.SetGroups is SetGroupsPolicy policy)
        {
            WriteFile(processId, "setgroups", policy.ToString().ToLowerInvariant(), null);
        }

        if (request.GroupMap is IdMap groups)
        {
            Write(processId, request, groups, ProcessCredentials.GroupId, ProcessCredentials.CapSetGid);
        }

        if (request.UserMap is IdMap users)
        {
            Write(processId, request, users, ProcessCredentials.UserId, ProcessCredentials.CapSetUid);
        }
    }

    /// <summary>Writes a small file of the child's /proc directory in one go.</summary>
    internal static void WriteFile(int processId, string name, string text, Func<LinuxException, NamespaceException?>? explain)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/{name}");
        using Descriptor file = Descriptor.OpenAt(LibC.AT_FDCWD, Encoding.UTF8.GetBytes(path + '\0'), LibC.O_WRONLY);
        int errno = file.IsOpen ? WriteOnce(file.Number, Encoding.ASCII.GetBytes(text)) : Errno.Last;
        if (errno != 0)
        {
            LinuxException failure = new(errno, file.IsOpen ? "write" : "open", path);
            throw explain?.Invoke(failure) ?? (Exception)failure;
        }
    }

    private static void Write(int processId, SpawnRequest request, IdMap map, uint ownId, int capability)
    {
        if (map.IsOnly(ownId) || ProcessCredentials.Has(capability))
        {
            WriteFile(processId, map.FileName, map.ToString(), failure => new SpawnFailure(request).Map(failure, map));
        }
        else
        {
            RunHelper(processId, map);
        }
    }

    private static unsafe int WriteOnce(int file, byte[] text)
    {
        fixed (byte* start = text)
        {
            return LibC.write(file, start, (nuint)text.Length) < 0 ? Errno.Last : 0;
        }
    }

    // newuidmap and newgidmap are setuid root and check the ranges against /etc/subuid and /etc/subgid themselves.
    private static void RunHelper(int processId, IdMap map)
    {
        ProcessStartInfo start = new(map.HelperName) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(processId.ToString(CultureInfo.InvariantCulture));
        foreach (IdRange range in map.Ranges)
        {
            foreach (uint number in new[] { range.Inner, range.Outer, range.Count })
            {
                start.ArgumentList.Add(number.ToString(CultureInfo.InvariantCulture));
            }
        }

        try
        {
            using Process helper = Process.Start(start)!;
            string complaint = helper.StandardError.ReadToEnd().Trim();
            helper.WaitForExit();
            if (helper.ExitCode != 0)
            {
                throw new NamespaceException(
                    "IdMapRefused",
                    $"{map.HelperName} refused the map {string.Join(", ", map.Ranges)}: {SafeText.Escape(complaint)}",
                    $"The outer ids must be your own, or ranges that {(map.Kind == IdKind.User ? "/etc/subuid" : "/etc/subgid")} gives you.");
            }
        }
        catch (Exception exception) when (exception is Win32Exception or FileNotFoundException)
        {
            throw new NamespaceException(
                "IdMapHelperMissing",
                $"This map needs {map.HelperName}, which could not be started: {exception.Message}",
                "Install it (Debian and Ubuntu: apt install uidmap), or map only your own id, or run as root.",
                exception);
        }
    }
}
