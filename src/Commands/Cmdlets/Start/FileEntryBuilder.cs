using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Files;

namespace LinuxNamespaces.Commands;

/// <summary>Turns the file parameters of New-NamespaceProcess into entries: paths of the session resolved, options read.</summary>
internal static partial class FileEntryBuilder
{
    private const uint FileMode = 0x1A4;

    /// <summary>Whether any file parameter is there.</summary>
    internal static bool IsAsked(NewNamespaceProcessCommand command) =>
        (command.Bind ?? command.ReadOnlyBind ?? command.Tmpfs ?? command.Overlay ?? (object?)command.Mask ?? command.Symlink ?? command.File) is not null || command.Dev || command.ReadOnlyRoot;

    /// <summary>All entries.</summary>
    /// <exception cref="NamespaceException">InvalidRequest, NotAFileSystemPath.</exception>
    internal static IReadOnlyList<FileEntry> Build(NewNamespaceProcessCommand command) =>
    [
        .. (command.Bind ?? []).SelectMany(mount => FromBind(command, mount, mount.ReadOnly, "-Bind")),
        .. (command.ReadOnlyBind ?? []).SelectMany(mount => FromBind(command, mount, true, "-ReadOnlyBind")),
        .. (command.Tmpfs ?? []).Select(FromTmpfs),
        .. (command.Overlay ?? []).Select(mount => FromOverlay(command, mount)),
        .. (command.Mask ?? []).Select(path => new FileEntry { Kind = FileEntryKind.Mask, Target = FileEntry.Normalize(path, "-Mask") }),
        .. command.Dev ? FileEntry.MinimalDevices : [],
        .. Pairs(command.Symlink).Select(pair => new FileEntry { Kind = FileEntryKind.Link, Target = FileEntry.Normalize(pair.Path, "-Symlink"), Link = Text(pair.Value) }),
        .. Pairs(command.File).Select(pair => new FileEntry { Kind = FileEntryKind.Content, Target = FileEntry.Normalize(pair.Path, "-File"), Content = Bytes(pair.Value), Mode = FileMode }),
    ];

    private static IEnumerable<FileEntry> FromBind(NewNamespaceProcessCommand command, BindMount mount, bool isReadOnly, string parameter)
    {
        string source = Resolve(command, mount.Source, parameter);
        if (mount.Optional && !FileStatus.TryGet(source, out _))
        {
            yield break;
        }

        yield return new()
        {
            Kind = FileEntryKind.Bind,
            Source = source,
            Target = FileEntry.Normalize(mount.Target ?? source, parameter),
            IsAlone = mount.NotRecursive,
            Attributes = FileEntry.AttributesFor(isReadOnly, mount.NoExec, mount.AllowSetUid, mount.AllowDevices),
        };
    }

    private static FileEntry FromTmpfs(TmpfsMount mount)
    {
        if (mount.Size is string size && !IsSize(size))
        {
            throw Invalid($"'{SafeText.Escape(size)}' is not a valid size of a tmpfs.", "Write a number of bytes above 0, or 64m, 1g or 10%.");
        }

        if (mount.Mode is string mode && !ModeWord().IsMatch(mode))
        {
            throw Invalid($"'{SafeText.Escape(mode)}' is not a valid mode of a tmpfs.", "Write octal digits, for example 1777.");
        }

        return new()
        {
            Kind = FileEntryKind.Tmpfs,
            Target = FileEntry.Normalize(mount.Target, "-Tmpfs"),
            Attributes = FileEntry.AttributesFor(mount.ReadOnly, mount.NoExec),
            Options = $"mode={mount.Mode ?? "0755"}{(mount.Size is null ? string.Empty : ",size=" + mount.Size)}",
        };
    }

    // The kernel takes 0 for no limit, and numbers that are too large for smaller ones.
    private static bool IsSize(string size)
    {
        Match word = SizeWord().Match(size);
        int shift = word.Groups[2].Value switch { "k" or "K" => 10, "m" or "M" => 20, "g" or "G" => 30, _ => 0 };
        return ulong.TryParse(word.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number > 0 && (UInt128)number << shift <= long.MaxValue;
    }

    private static FileEntry FromOverlay(NewNamespaceProcessCommand command, OverlayMount mount)
    {
        string[] lower = [.. (mount.Lower ?? []).Select(path => Resolve(command, path, "-Overlay"))];
        if (lower.Length == 0 || (mount.Upper is null) != (mount.Work is null))
        {
            throw Invalid("An overlay needs a lower directory, and an upper one only together with -Work.", "Write @{ Lower = '/a'; Target = '/b' }, or add both Upper and Work.");
        }

        return new()
        {
            Kind = FileEntryKind.Overlay,
            Target = FileEntry.Normalize(mount.Target ?? lower[0], "-Overlay"),
            Lower = lower,
            Upper = mount.Upper is null ? null : Resolve(command, mount.Upper, "-Overlay"),
            Work = mount.Work is null ? null : Resolve(command, mount.Work, "-Overlay"),
            Attributes = FileEntry.AttributesFor(isReadOnly: false, mount.NoExec),
        };
    }

    private static IEnumerable<(string Path, object? Value)> Pairs(IDictionary? table)
    {
        foreach (DictionaryEntry entry in table ?? new Hashtable())
        {
            yield return (Text(entry.Key), entry.Value is PSObject wrapped ? wrapped.BaseObject : entry.Value);
        }
    }

    // Several lines are a text file, as Set-Content writes one.
    private static byte[] Bytes(object? value) => value switch
    {
        byte[] bytes => bytes,
        object[] lines => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => Text(line) + "\n"))),
        _ => Encoding.UTF8.GetBytes(Text(value)),
    };

    private static string Text(object? value) => LanguagePrimitives.ConvertTo<string>(value) ?? string.Empty;

    private static string Resolve(NewNamespaceProcessCommand command, string path, string parameter) => string.IsNullOrEmpty(path)
        ? throw Invalid($"A source of {parameter} is empty.", "Give a path of this session.")
        : FileSystemPath.Resolve(command.SessionState, path);

    private static NamespaceException Invalid(string message, string remedy) => new(ErrorIds.InvalidRequest, message, remedy);

    [GeneratedRegex(@"^([0-9]+)([kKmMgG%]?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex SizeWord();

    [GeneratedRegex("^[0-7]{1,4}$", RegexOptions.CultureInvariant)]
    private static partial Regex ModeWord();
}
