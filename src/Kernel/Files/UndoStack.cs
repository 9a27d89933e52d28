using System;
using System.Collections.Generic;

namespace LinuxNamespaces.Kernel.Files;

/// <summary>Undoes the steps of an operation that must be done wholly or not at all, last step first.</summary>
internal sealed class UndoStack
{
    private readonly Stack<Action> _steps = [];

    internal void Push(Action step) => _steps.Push(step);

    /// <summary>Takes everything back; what cannot be is left, so that the rest still is.</summary>
    internal void Undo()
    {
        while (_steps.TryPop(out Action? step))
        {
            try
            {
                step();
            }
            catch (Exception exception) when (exception is LinuxException or NamespaceException)
            {
                continue;
            }
        }
    }
}
