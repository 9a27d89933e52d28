using System;
using System.IO;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Files that web/ builds and that lie beside the module.</summary>
internal static class MapAsset
{
    /// <summary>The path of one.</summary>
    /// <exception cref="NamespaceException">MapAssetMissing.</exception>
    internal static string Find(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        return File.Exists(path) ? path : throw Missing(path, null);
    }

    /// <summary>The text of one.</summary>
    /// <exception cref="NamespaceException">MapAssetMissing.</exception>
    internal static string Read(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Missing(path, exception);
        }
    }

    private static NamespaceException Missing(string path, Exception? inner) =>
        new(ErrorIds.MapAssetMissing, $"The module's file {path} could not be read.", "Install the module again, with all its files.", inner);
}
