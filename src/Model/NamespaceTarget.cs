using System;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace LinuxNamespaces;

/// <summary>
/// Anything that identifies namespaces: a PID, a process, a namespace, or text. As a text, digits are a PID, and <c>4711:20815</c> is the
/// process whose pidfd has that inode. <c>net:[4026531840]</c> is a namespace, and <c>:4711</c> the namespace with that id. A text with a slash is a path.
/// <c>runtime:id</c> is a container. Any other text is the name of a net namespace, or else a container's id, its name, or a unique beginning of its id.
/// </summary>
/// <remarks>
/// A process is remembered with the time it started, as soon as the target is made: should it end, another that
/// gets its number is refused.
/// </remarks>
public sealed class NamespaceTarget
{
    /// <summary>All namespaces of a process.</summary>
    /// <param name="processId">The PID in our pid namespace.</param>
    public NamespaceTarget(int processId) => Value = ProcessIdentity.Of(processId);

    /// <summary>All namespaces of a process.</summary>
    /// <param name="process">A process, as Get-Process gives it.</param>
    public NamespaceTarget(Process process)
    {
        ArgumentNullException.ThrowIfNull(process);
        Value = HasEnded(process) ? new ProcessIdentity(process.Id, null) : ProcessIdentity.Of(process.Id);
    }

    /// <summary>All namespaces of a process.</summary>
    /// <param name="process">A process, as New-NamespaceProcess and Get-NamespaceProcess give it.</param>
    public NamespaceTarget(NamespaceProcess process)
    {
        ArgumentNullException.ThrowIfNull(process);
        Value = process.Identity;
    }

    /// <summary>One namespace.</summary>
    /// <param name="ns">A namespace, as Get-Namespace gives it.</param>
    public NamespaceTarget(NamespaceInfo ns)
    {
        ArgumentNullException.ThrowIfNull(ns);
        Value = ns;
    }

    /// <summary>Parses a text, as the description of the type says.</summary>
    /// <param name="text">A PID, namespace, path, name or container.</param>
    public NamespaceTarget(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        Value = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int processId)
            ? ProcessIdentity.Of(processId)
            : text;
    }

    private NamespaceTarget(object value) => Value = value;

    /// <summary>One of <see cref="ProcessIdentity"/>, <see cref="NamespaceInfo"/>, text, and a PID that says which process only when it is resolved.</summary>
    internal object Value { get; }

    /// <summary>The process that has the number when the target is resolved. For callers that resolve it at once.</summary>
    internal static NamespaceTarget OfNumber(int processId) => new((object)processId);

    /// <summary>The target as text that means the same.</summary>
    public override string ToString() => Value.ToString()!;

    // Only of a child of ours the runtime knows; of others it asks whether there is such a number.
    private static bool HasEnded(Process process)
    {
        try
        {
            return process.HasExited;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
