using System.Text;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Net.Names;

/// <summary>Checks names of net namespaces: file names of visible characters.</summary>
internal static class NetNamespaceName
{
    private const int MaxBytes = 255;

    /// <exception cref="NamespaceException">InvalidNetNamespaceName.</exception>
    internal static void Validate(string name)
    {
        string? reason = name switch
        {
            "" => "it is empty",
            "." or ".." => "it is a directory's name for itself or its parent",
            _ when name.Contains('/') => "it has a '/' in it",
            _ when Encoding.UTF8.GetByteCount(name) is int bytes and > MaxBytes => $"it is {bytes} bytes long; {MaxBytes} is the most",
            _ when SafeText.Escape(name) != name => "it has control characters in it",
            _ => null,
        };
        if (reason is not null)
        {
            throw new NamespaceException(
                ErrorIds.InvalidNetNamespaceName,
                $"'{SafeText.Escape(name)}' cannot be the name of a net namespace: {reason}.",
                "Use a name that can be the name of a file.");
        }
    }
}
