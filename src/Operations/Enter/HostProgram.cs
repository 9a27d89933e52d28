using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace LinuxNamespaces.Operations.Enter;

/// <summary>
/// This process's own program, loader and libraries, made ready to run where none of them is. Copies of the loader and of the program are changed, never the
/// files: the program names the loader in the private directory, and the loader looks for libraries, for its cache and for preloads there and nowhere else. So
/// nothing of a container is loaded, its /etc/ld.so.preload included, and a program started by a script starts the same way.
/// </summary>
internal static partial class HostProgram
{
    /// <summary>
    /// The variables with which PowerShell leaves neither a diagnostics socket nor a pipe for Enter-PSHostProcess nor the telemetry's mutex in the target's
    /// /tmp, and asks nothing of the network.
    /// </summary>
    internal static IReadOnlyList<string> DiscreetEnvironment { get; } =
    [
        "DOTNET_EnableDiagnostics=0", "POWERSHELL_DIAGNOSTICS_OPTOUT=1", "POWERSHELL_UPDATECHECK=Off", "POWERSHELL_TELEMETRY_OPTOUT=1",
    ];

    /// <summary>The private directory. Short, because its name takes the place of /lib in the loader.</summary>
    internal const string Directory = "/.ps";

    /// <summary>The loader's name there.</summary>
    internal const string LoaderName = "ld.so";

    /// <summary>PowerShell's folder below XDG_CACHE_HOME, as it is in the private directory.</summary>
    internal const string CacheFolder = "home/powershell";

    private const string ProfileName = "StartupProfileData-";
    private const int MaxProfileLength = 1024 * 1024;

    /// <summary>The files of this process that are libraries or the loader, by the name that programs ask for.</summary>
    /// <param name="below">Folders that are brought along as a whole.</param>
    internal static IReadOnlyDictionary<string, string> FindLibraries(IReadOnlyList<string> below)
    {
        SortedDictionary<string, string> libraries = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            int start = line.IndexOf('/');
            string path = start < 0 ? string.Empty : line[start..];
            Match name = SharedName().Match(Path.GetFileName(path));
            if (name.Success && !below.Any(folder => path.StartsWith(folder + "/", StringComparison.Ordinal)) && File.Exists(path))
            {
                libraries.TryAdd(name.Value, path);
            }
        }

        // Loaded late, if at all: for hashes and certificates.
        string? folderOfLibC = libraries.TryGetValue("libc.so.6", out string? libc) ? Path.GetDirectoryName(libc) : null;
        foreach (string late in new[] { "libssl.so.3", "libcrypto.so.3", "libz.so.1", "libzstd.so.1" })
        {
            string path = Path.Combine(folderOfLibC ?? "/", late);
            if (File.Exists(path))
            {
                libraries.TryAdd(late, path);
            }
        }

        return libraries;
    }

    /// <summary>
    /// The notes of the runtime about earlier starts of PowerShell: the methods that it then compiles beside the start, on another processor. With the
    /// names that these files have in the private directory.
    /// </summary>
    internal static IEnumerable<(string Name, byte[] Content)> FindProfiles()
    {
        string? home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } set ? set
            : Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } user ? Path.Combine(user, ".cache") : null;
        foreach (string mode in home is null ? [] : new[] { "ServerMode", "Interactive", "NonInteractive" })
        {
            byte[]? content = TryRead(new FileInfo(Path.Combine(home!, "powershell", ProfileName + mode)));
            if (content is not null)
            {
                yield return ($"{CacheFolder}/{ProfileName}{mode}", content);
            }
        }
    }

    /// <summary>The program with another loader.</summary>
    /// <exception cref="NamespaceException">HostPowerShellRefused: it has none, or one with a name that is too short.</exception>
    internal static (byte[] Program, string Loader) Redirect(byte[] program)
    {
        Match match = Interpreter().Match(Encoding.Latin1.GetString(program));
        string wanted = $"{Directory}/{LoaderName}";
        if (!match.Success || match.Length <= wanted.Length)
        {
            throw new NamespaceException(ErrorIds.HostPowerShellRefused, "The program of PowerShell names no loader that could be replaced.", null);
        }

        byte[] copy = [.. program];
        Put(copy, match.Index, match.Length, wanted, '\0');
        return (copy, match.Value.TrimEnd('\0'));
    }

    /// <summary>The loader without any path but the private directory.</summary>
    /// <exception cref="NamespaceException">HostPowerShellRefused: it is not the loader of glibc, as it is known.</exception>
    internal static byte[] Confine(byte[] loader)
    {
        byte[] copy = [.. loader];
        string text = Encoding.Latin1.GetString(loader);
        MatchCollection folders = SystemFolder().Matches(text);
        MatchCollection files = SystemFile().Matches(text);
        if (folders.Count == 0 || files.Count < 2)
        {
            throw new NamespaceException(ErrorIds.HostPowerShellRefused, "The loader of this system is not the one of glibc.", null);
        }

        foreach (Match folder in folders)
        {
            Put(copy, folder.Index, folder.Length, Directory, '/');
        }

        foreach (Match file in files)
        {
            Put(copy, file.Index, file.Length, Directory + "/none", '-');
        }

        return copy;
    }

    /// <summary>The C library with accounts from the private directory, for a target without any: .NET cannot do without the file.</summary>
    internal static byte[] WithoutAccounts(byte[] library)
    {
        byte[] copy = [.. library];
        int index = copy.AsSpan().IndexOf("\0/etc/passwd\0"u8);
        if (index >= 0)
        {
            Put(copy, index + 1, "/etc/passwd".Length, Directory + "/passwd", '\0');
        }

        return copy;
    }

    // It only makes the start quicker: a file that cannot be read is left out.
    private static byte[]? TryRead(FileInfo file)
    {
        try
        {
            return file.Exists && file.LinkTarget is null && file.Length is > 0 and <= MaxProfileLength ? File.ReadAllBytes(file.FullName) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static void Put(byte[] bytes, int index, int length, string text, char padding) =>
        Encoding.Latin1.GetBytes(text.PadRight(length, padding)).CopyTo(bytes, index);

    [GeneratedRegex(@"^(lib|ld-)[^/]*?\.so\.\d+")]
    private static partial Regex SharedName();

    [GeneratedRegex(@"/lib(?:64)?/ld-[a-z0-9_.-]+\.so\.\d\x00+")]
    private static partial Regex Interpreter();

    [GeneratedRegex(@"(?<=\x00)/(?:usr/)?lib(?:64|32|x32)?/(?:[a-z0-9_]+-linux-gnu[a-z0-9_]*/)?(?=\x00)")]
    private static partial Regex SystemFolder();

    [GeneratedRegex(@"(?<=\x00)/etc/ld\.so\.(?:preload|cache)(?=\x00)")]
    private static partial Regex SystemFile();
}
