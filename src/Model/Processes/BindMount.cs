using System;
using System.Linq;

namespace LinuxNamespaces;

/// <summary>
/// A file or directory of this session that a program finds at a path of its own. PowerShell makes one of a table, <c>@{ Source = '/srv'; Target =
/// '/data' }</c>, or of text as docker has it, <c>/srv:/data:ro</c>.
/// </summary>
public sealed class BindMount
{
    private const int MostParts = 3;

    /// <summary>The path in this session.</summary>
    public string Source { get; set; } = string.Empty;

    /// <summary>The path of the program; the same as the source where nothing is given.</summary>
    public string? Target { get; set; }

    /// <summary>Nothing can be changed there.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>No program can be started from there.</summary>
    public bool NoExec { get; set; }

    /// <summary>Programs there may change the user they run as (set-user-ID).</summary>
    public bool AllowSetUid { get; set; }

    /// <summary>Devices there may be opened.</summary>
    public bool AllowDevices { get; set; }

    /// <summary>Mounts below the source are left out.</summary>
    public bool NotRecursive { get; set; }

    /// <summary>Nothing is done where the source does not exist.</summary>
    public bool Optional { get; set; }

    /// <summary>Reads SOURCE, SOURCE:TARGET or SOURCE:TARGET:OPTIONS.</summary>
    /// <param name="text">The text. Options: ro, rw, exec, noexec, suid, nosuid, dev, nodev, bind, rbind, optional.</param>
    /// <exception cref="FormatException">It has another form.</exception>
    public static BindMount Parse(string text)
    {
        string[] parts = (text ?? string.Empty).Split(':');
        if (parts.Length > MostParts || parts.Take(2).Any(part => part.Length == 0))
        {
            throw new FormatException($"'{text}' is not a bind mount. Write SOURCE:TARGET:OPTIONS, for example /srv:/data:ro, or a table.");
        }

        BindMount mount = new() { Source = parts[0], Target = parts.Length > 1 ? parts[1] : null };
        foreach (string option in parts.Length < MostParts ? [] : parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            mount.Set(option);
        }

        return mount;
    }

    /// <summary>The text <see cref="Parse"/> reads.</summary>
    public override string ToString() => Target is null ? Source : $"{Source}:{Target}{(ReadOnly ? ":ro" : string.Empty)}";

    private void Set(string option)
    {
        switch (option)
        {
            case "ro" or "rw":
                ReadOnly = option == "ro";
                break;
            case "exec" or "noexec":
                NoExec = option == "noexec";
                break;
            case "suid" or "nosuid":
                AllowSetUid = option == "suid";
                break;
            case "dev" or "nodev":
                AllowDevices = option == "dev";
                break;
            case "bind" or "rbind":
                NotRecursive = option == "bind";
                break;
            case "optional":
                Optional = true;
                break;
            default:
                throw new FormatException($"'{option}' is not an option of a bind mount. Options are ro, rw, exec, noexec, suid, nosuid, dev, nodev, bind, rbind and optional.");
        }
    }
}
