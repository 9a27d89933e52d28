using System;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Processes;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>Which shell a user has in a target.</summary>
internal static class InsideShell
{
    /// <summary>The shell that every system has.</summary>
    internal const string Default = "/bin/sh";

    /// <summary>The shell of the target's own /etc/passwd; null where it names none.</summary>
    internal static string? Find(InsideRoot? root, uint userId) => root?.ReadText("/etc/passwd") is string text ? Parse(text, userId) : null;

    /// <summary>The seventh field of the line with that uid, see passwd(5).</summary>
    internal static string? Parse(string passwd, uint userId)
    {
        string id = userId.ToString(CultureInfo.InvariantCulture);
        return AccountFile.ParseUsers(passwd.Split('\n'))
            .Where(user => user.Id == id)
            .Select(user => user.Shell)
            .FirstOrDefault(shell => shell.StartsWith('/') && !shell.EndsWith("/nologin", StringComparison.Ordinal) && !shell.EndsWith("/false", StringComparison.Ordinal));
    }
}
