using System.Linq;
using System.Net.NetworkInformation;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Hardware addresses as text.</summary>
internal static class MacAddressText
{
    /// <summary>As ip writes them, for example <c>02:00:00:00:00:01</c>.</summary>
    internal static string Format(byte[] address) => string.Join(':', address.Select(part => part.ToString("x2", null)));

    /// <summary>Six bytes that an interface can have; null where no text is given.</summary>
    /// <exception cref="NamespaceException">InvalidAddress.</exception>
    internal static byte[]? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        // The lowest bit of the first byte makes it the address of a group, which no interface can have.
        return PhysicalAddress.TryParse(text, out PhysicalAddress? address)
            && address.GetAddressBytes() is { Length: 6 } bytes && (bytes[0] & 1) == 0
            ? bytes
            : throw InterfaceAddress.Invalid(text, "a hardware address", "02:00:00:00:00:01");
    }
}
