using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The local accounts, for those who choose one: passwd(5) and group(5), which other sources may add to.</summary>
internal static class AccountFile
{
    /// <summary>Users, with the ids of their own groups; none where the file cannot be read.</summary>
    internal static IEnumerable<(string Name, string Id, string GroupId, string Shell)> ReadUsers() => ParseUsers(Read("/etc/passwd"));

    /// <summary>The users of a passwd file's lines; the shell is empty where a line has none.</summary>
    internal static IEnumerable<(string Name, string Id, string GroupId, string Shell)> ParseUsers(IEnumerable<string> lines) => lines
        .Select(line => line.Split(':'))
        .Where(fields => fields.Length > 3)
        .Select(fields => (fields[0], fields[2], fields[3], fields.Length == 7 ? fields[6].Trim() : string.Empty));

    /// <summary>Groups; none where the file cannot be read.</summary>
    internal static IEnumerable<(string Name, string Id)> ReadGroups()
    {
        foreach (string[] fields in Read("/etc/group").Select(line => line.Split(':')))
        {
            if (fields.Length > 2)
            {
                yield return (fields[0], fields[2]);
            }
        }
    }

    private static List<string> Read(string path)
    {
        List<string> lines = [];
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                lines.Add(SafeText.Escape(line));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return lines;
        }

        return lines;
    }
}
