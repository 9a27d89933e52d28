using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>An address with the length of its network's prefix, as in <c>10.0.0.1/24</c>.</summary>
internal sealed record InterfaceAddress(IPAddress Address, byte PrefixLength)
{
    /// <summary>Without a length it is a network of one.</summary>
    /// <exception cref="NamespaceException">InvalidAddress.</exception>
    internal static InterfaceAddress Parse(string text)
    {
        string[] parts = text.Split('/');
        IPAddress? address = parts.Length <= 2 ? TryParseAddress(parts[0]) : null;
        int most = address?.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32;
        int length = most;
        bool valid = address is not null && (parts.Length == 1
            || (int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= most));
        return valid ? new InterfaceAddress(address!, (byte)length) : throw Invalid(text, "an address", "10.0.0.1/24 or fd00::1/64");
    }

    /// <summary>An address alone.</summary>
    /// <exception cref="NamespaceException">InvalidAddress.</exception>
    internal static IPAddress ParseAddress(string text) =>
        TryParseAddress(text) ?? throw Invalid(text, "an address", "10.0.0.1 or fd00::1");

    /// <summary>Creates the error for a text that is not a valid address.</summary>
    internal static NamespaceException Invalid(string text, string what, string example) =>
        new(ErrorIds.InvalidAddress, $"'{SafeText.Escape(text)}' is not {what}.", $"Write it like {example}.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Address}/{PrefixLength}");

    // IPAddress takes 10.1 for 10.0.0.1 and numbers of other bases; an address for an interface is written out.
    private static IPAddress? TryParseAddress(string text) =>
        IPAddress.TryParse(text, out IPAddress? address) && !text.Contains('%')
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || (text.Count(letter => letter == '.') == 3 && address.ToString() == text))
            ? address
            : null;
}
