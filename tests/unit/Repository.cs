using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

namespace LinuxNamespaces.UnitTests;

/// <summary>Where the sources under test lie.</summary>
internal static class Repository
{
    internal static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "RepositoryRoot").Value!;

    /// <summary>Whether tests that compare a drawing with its source write the drawing instead (<c>./build.sh docs</c>).</summary>
    internal static bool IsDrawing => Environment.GetEnvironmentVariable("LINUXNAMESPACES_DRAW") is not null;

    internal static IEnumerable<string> SourceFiles(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"))
            .Order();
}
