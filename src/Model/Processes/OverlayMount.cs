using System;
using System.Linq;

namespace LinuxNamespaces;

/// <summary>
/// Directories of this session, one over the other, at a path of a program. PowerShell makes one of a table, <c>@{ Lower = '/usr'; Target = '/usr'
/// }</c>, or of text: <c>/usr</c>, <c>/srv/base:/data</c>. Changes are thrown away with the program where no upper directory is given.
/// </summary>
public sealed class OverlayMount
{
    private const int MostParts = 3;

    /// <summary>The directories that are read, the topmost first.</summary>
    public string[] Lower { get; set; } = [];

    /// <summary>The path of the program; that of the lower directory where nothing is given.</summary>
    public string? Target { get; set; }

    /// <summary>The directory that changes are written to; nothing throws them away.</summary>
    public string? Upper { get; set; }

    /// <summary>An empty directory on the file system of <see cref="Upper"/>, which the kernel needs.</summary>
    public string? Work { get; set; }

    /// <summary>No program can be started from there.</summary>
    public bool NoExec { get; set; }

    /// <summary>Reads LOWER, LOWER:TARGET or LOWER:TARGET:OPTIONS.</summary>
    /// <param name="text">The text. Options: upper=, work=, noexec.</param>
    /// <exception cref="FormatException">It has another form.</exception>
    public static OverlayMount Parse(string text)
    {
        string[] parts = (text ?? string.Empty).Split(':');
        if (parts.Length > MostParts || parts.Take(2).Any(part => part.Length == 0))
        {
            throw new FormatException($"'{text}' is not an overlay. Write LOWER:TARGET, for example /srv/base:/data, or a table.");
        }

        OverlayMount mount = new() { Lower = [parts[0]], Target = parts.ElementAtOrDefault(1) };
        foreach (string[] option in parts.Skip(2).SelectMany(options => options.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(option => option.Split('=', 2)))
        {
            mount.Set(option[0], option.ElementAtOrDefault(1));
        }

        return mount;
    }

    /// <summary>The target.</summary>
    public override string ToString() => Target ?? string.Join(':', Lower);

    private void Set(string option, string? value)
    {
        switch (option)
        {
            case "upper" when value is not null:
                Upper = value;
                break;
            case "work" when value is not null:
                Work = value;
                break;
            case "noexec" when value is null:
                NoExec = true;
                break;
            default:
                throw new FormatException($"'{option}' is not an option of an overlay. Options are upper=DIRECTORY, work=DIRECTORY and noexec.");
        }
    }
}
