using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Operations.Net.Links;

/// <summary>Checks names of interfaces by the kernel's rules.</summary>
internal static class InterfaceName
{
    /// <exception cref="NamespaceException">InvalidInterfaceName.</exception>
    internal static void Validate(string name)
    {
        bool valid = name.Length > 0 && name is not ("." or ".." or "all" or "default") && Encoding.UTF8.GetByteCount(name) < LibC.IFNAMSIZ
            && !name.Any(letter => letter is '/' or ':' or '%' || char.IsWhiteSpace(letter)) && SafeText.Escape(name) == name;
        if (!valid)
        {
            throw new NamespaceException(
                ErrorIds.InvalidInterfaceName,
                $"'{SafeText.Escape(name)}' cannot be the name of an interface.",
                "Use up to 15 bytes without blanks, '/', ':' and '%'; all and default are taken by sysctl.");
        }
    }

    /// <summary>The first of veth0, veth1, ... (or another beginning) that is not taken; it is from then on.</summary>
    internal static string TakeFree(ISet<string> taken, string start = "veth")
    {
        for (int number = 0; ; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{start}{number}");
            if (taken.Add(name))
            {
                return name;
            }
        }
    }
}
