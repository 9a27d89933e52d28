using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Commands.Parameters;

/// <summary>Parses the value of -Environment.</summary>
internal static class EnvironmentChanges
{
    /// <summary>Sets each variable, and removes those whose value is null.</summary>
    /// <exception cref="NamespaceException">InvalidRequest: a name that no variable can have.</exception>
    internal static void Apply(IDictionary? changes, IDictionary<string, string> variables)
    {
        foreach (DictionaryEntry change in changes ?? new Hashtable())
        {
            string name = LanguagePrimitives.ConvertTo<string>(change.Key);
            if (name.Length == 0 || name.Contains('='))
            {
                throw new NamespaceException(ErrorIds.InvalidRequest, $"'{SafeText.Escape(name)}' is not a valid variable name.");
            }

            if (change.Value is null)
            {
                variables.Remove(name);
            }
            else
            {
                variables[name] = LanguagePrimitives.ConvertTo<string>(change.Value);
            }
        }
    }
}
