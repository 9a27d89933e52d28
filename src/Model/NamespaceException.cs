using System;
using System.Diagnostics.CodeAnalysis;

namespace LinuxNamespaces;

/// <summary>An error in the module's own terms, with a stable id and, where there is one, a remedy.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "An id is always known.")]
public sealed class NamespaceException : Exception
{
    private readonly string? _remedy;

    /// <summary>Describes a failure.</summary>
    /// <param name="errorId">The stable id; see about_LinuxNamespaces.</param>
    /// <param name="message">One sentence for people.</param>
    /// <param name="remedy">The remedy, in the imperative.</param>
    /// <param name="innerException">The system call behind it.</param>
    public NamespaceException(string errorId, string message, string? remedy = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        _remedy = remedy;
    }

    /// <summary>The stable id, for example <c>ProcessNotFound</c>.</summary>
    public string ErrorId { get; }

    /// <summary>The remedy, in the imperative; null where none is known.</summary>
    public string? Remedy => _remedy ?? ErrorIds.Find(ErrorId)?.Remedy;
}
