using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Kernel.Processes;

/// <summary>The things that a program may use: everything else that is of a kind that is restricted is denied.</summary>
/// <param name="Read">Paths to read and to start programs from; null where nothing is said.</param>
/// <param name="Write">Paths to do everything in.</param>
/// <param name="Connect">TCP ports to connect to; null restricts none.</param>
/// <param name="Bind">TCP ports to listen on.</param>
internal sealed record LandlockRules(IReadOnlyList<string>? Read, IReadOnlyList<string>? Write, IReadOnlyList<ushort>? Connect, IReadOnlyList<ushort>? Bind)
{
    /// <summary>Whether files are restricted.</summary>
    internal bool RestrictsFiles => Read is not null || Write is not null;

    /// <summary>The paths, and whether they may be changed.</summary>
    internal IEnumerable<(string Path, bool Writes)> Paths => (Read ?? []).Select(path => (path, false)).Concat((Write ?? []).Select(path => (path, true)));

    /// <summary>The rights on ports that are restricted.</summary>
    internal ulong HandledPorts => (Connect is null ? 0 : Landlock.ConnectRight) | (Bind is null ? 0 : Landlock.BindRight);

    /// <summary>The rights on ports that are given.</summary>
    internal IEnumerable<(ulong Right, ushort Port)> Ports => (Connect ?? []).Select(port => (Landlock.ConnectRight, port)).Concat((Bind ?? []).Select(port => (Landlock.BindRight, port)));

    /// <summary>The rules for people.</summary>
    internal string Describe()
    {
        List<string> parts = [];
        Add("read", Read);
        Add("change", Write);
        Add("connect to port", Connect?.Select(port => port.ToString(CultureInfo.InvariantCulture)));
        Add("listen on port", Bind?.Select(port => port.ToString(CultureInfo.InvariantCulture)));
        return "the program may " + string.Join(", ", parts);

        void Add(string verb, IEnumerable<string>? values)
        {
            if (values is not null)
            {
                string list = string.Join(' ', values.Select(SafeText.Escape));
                parts.Add($"{verb} {(list.Length == 0 ? "nothing" : list)}");
            }
        }
    }
}
