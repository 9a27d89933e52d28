using System;
using System.IO;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Graph;

/// <summary>Writes a finished map, wholly or not at all.</summary>
internal static class MapFile
{
    /// <exception cref="NamespaceException">MapNotWritten.</exception>
    internal static void Write(string path, string text, bool noClobber)
    {
        try
        {
            // A link stays one, and what it leads to is replaced.
            string target = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
            if (noClobber && File.Exists(target))
            {
                throw Failed(path, "it exists already", "Choose another path, or leave out -NoClobber.", null);
            }

            // A device or a FIFO is written to: a rename would put a plain file in its place.
            if (FileStatus.TryGet(target, out FileStatus there) && !there.IsFile && !there.IsDirectory)
            {
                File.WriteAllText(target, text);
                return;
            }

            string draft = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetRandomFileName()}");
            try
            {
                File.WriteAllText(draft, text);
                File.Move(draft, target, overwrite: !noClobber);
            }
            finally
            {
                File.Delete(draft);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The message of the exception names the draft.
            string reason = exception switch
            {
                DirectoryNotFoundException => "there is no such folder.",
                UnauthorizedAccessException => "access is denied.",
                _ => exception.Message,
            };
            throw Failed(path, reason, "Choose a folder that exists and that you may write to.", exception);
        }
    }

    private static NamespaceException Failed(string path, string reason, string remedy, Exception? inner) =>
        new(ErrorIds.MapNotWritten, $"'{SafeText.Escape(path)}' could not be written: {SafeText.Escape(reason)}", remedy, inner);
}
