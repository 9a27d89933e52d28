using System;

namespace LinuxNamespaces;

/// <summary>Describes an id of <see cref="ErrorIds"/>.</summary>
/// <param name="group">The heading in about_LinuxNamespaces.</param>
/// <param name="kind">The category, unless a system call failed: then its errno decides.</param>
/// <param name="meaning">The text beside the id in about_LinuxNamespaces.</param>
[AttributeUsage(AttributeTargets.Field)]
internal sealed class ErrorIdAttribute(ErrorGroup group, ErrorKind kind, string meaning) : Attribute
{
    internal ErrorGroup Group { get; } = group;

    internal ErrorKind Kind { get; } = kind;

    internal string Meaning { get; } = meaning;

    /// <summary>The remedy of an exception without one; null for that of the category.</summary>
    public string? Remedy { get; set; }
}
