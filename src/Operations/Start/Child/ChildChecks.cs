using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Contexts;

namespace LinuxNamespaces.Operations.Start.Child;

/// <summary>
/// The checks between the calls of a child: errno is copied into a cell, and a cell that is not 0 leads to the way out. A copy and a branch are calls too. So brief
/// checks have one cell for all steps that may be checked later: then it is certain that one has failed, and not which.
/// </summary>
/// <param name="chain">The calls.</param>
/// <param name="report">The cells.</param>
/// <param name="areBrief">Steps that may be checked later have a cell together.</param>
internal sealed unsafe class ChildChecks(ContextChain chain, ChildReport report, bool areBrief)
{
    private readonly ContextChain _chain = chain;
    private readonly ChildReport _report = report;
    private readonly bool _areBrief = areBrief;
    private readonly nint _errno = (nint)LibC.__errno_location();
    private ChildStep? _last;
    private int _withoutCell;
    private bool _isStale = true;
    private bool _isDue;

    /// <summary>errno may have a value from now on that is not that of a step.</summary>
    internal void Spoil() => _isStale = true;

    /// <summary>Adds what clears errno, where an optional step, or a call before the child, may have left a value.</summary>
    internal void Clear()
    {
        if (_isStale)
        {
            _chain.Add(LibCExports.memset, _errno, 0, sizeof(int));
            _isStale = false;
        }
    }

    /// <summary>Adds what becomes of the errno of a step whose call was added last.</summary>
    internal void Watch(ChildStep step)
    {
        _isDue = true;
        if (!step.IsCheckedLater)
        {
            Copy(step);
            Check();
        }
        else if (_areBrief)
        {
            _last = step;
            _withoutCell++;
        }
        else
        {
            Copy(step);
        }
    }

    /// <summary>Adds the check of the steps that have had none.</summary>
    internal void Check()
    {
        // errno stays what it is until it is cleared, so the last cell covers all steps since the last check.
        if (_isDue)
        {
            if (_withoutCell > 0)
            {
                _withoutCell--;
                Copy(_last);
            }

            ExitUnlessZero(_report.LastCell);
            _isDue = false;
        }
    }

    /// <summary>Adds what copies errno into a cell of a step; null is the program itself.</summary>
    internal nint Copy(ChildStep? step)
    {
        nint cell = _report.AddCell(step, isShared: _withoutCell > 0);
        _withoutCell = 0;
        _chain.Add(LibCExports.memcpy, cell, _errno, sizeof(int));
        return cell;
    }

    /// <summary>Adds the way out for a number that is not 0.</summary>
    internal void ExitUnlessZero(nint cell) => _chain.Add(LibCExports.lfind, _chain.Exit, cell, cell, 1, LibCExports.setcontext);
}
