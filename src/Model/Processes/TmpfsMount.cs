using System;
using System.Linq;

namespace LinuxNamespaces;

/// <summary>
/// An empty file system in memory at a path of a program. PowerShell makes one of a table, <c>@{ Target = '/tmp'; Size = 64MB }</c>, or of text as
/// docker has it, <c>/tmp:size=64m,mode=1777</c>.
/// </summary>
public sealed class TmpfsMount
{
    /// <summary>The path of the program; <c>/</c> makes it the root.</summary>
    public string Target { get; set; } = string.Empty;

    /// <summary>The most it holds: bytes, or a number with k, m, g or %. Half of the memory where nothing is given.</summary>
    public string? Size { get; set; }

    /// <summary>The permissions of its directory, in octal digits; 755 where nothing is given.</summary>
    public string? Mode { get; set; }

    /// <summary>Nothing can be written there.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>No program can be started from there.</summary>
    public bool NoExec { get; set; }

    /// <summary>Reads TARGET or TARGET:OPTIONS.</summary>
    /// <param name="text">The text. Options: size=, mode=, ro, rw, exec, noexec.</param>
    /// <exception cref="FormatException">It has another form.</exception>
    public static TmpfsMount Parse(string text)
    {
        string[] parts = (text ?? string.Empty).Split(':', 2);
        if (parts[0].Length == 0)
        {
            throw new FormatException($"'{text}' is not a tmpfs. Write TARGET:OPTIONS, for example /tmp:size=64m,mode=1777, or a table.");
        }

        TmpfsMount mount = new() { Target = parts[0] };
        foreach (string[] option in parts.Skip(1).SelectMany(options => options.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(option => option.Split('=', 2)))
        {
            mount.Set(option[0], option.ElementAtOrDefault(1));
        }

        return mount;
    }

    /// <summary>The target.</summary>
    public override string ToString() => Target;

    private void Set(string option, string? value)
    {
        switch (option)
        {
            case "size" when value is not null:
                Size = value;
                break;
            case "mode" when value is not null:
                Mode = value;
                break;
            case "ro" or "rw" when value is null:
                ReadOnly = option == "ro";
                break;
            case "exec" or "noexec" when value is null:
                NoExec = option == "noexec";
                break;
            default:
                throw new FormatException($"'{option}' is not an option of a tmpfs. Options are size=64m, mode=1777, ro, rw, exec and noexec.");
        }
    }
}
