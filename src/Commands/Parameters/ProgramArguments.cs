using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>The arguments of a program as PowerShell passes them to one: as text, and without those that are null.</summary>
internal static class ProgramArguments
{
    internal static IReadOnlyList<string> From(IEnumerable<object?>? arguments) =>
        [.. (arguments ?? []).Where(argument => argument is not null).Select(argument => LanguagePrimitives.ConvertTo<string>(argument))];
}
