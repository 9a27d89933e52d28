using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Files;

namespace LinuxNamespaces.Commands;

/// <summary>The base of all cmdlets: Ctrl+C, errors, paths, and the release of everything that a cmdlet holds.</summary>
public abstract class NamespaceCmdlet : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Cancelled by Ctrl+C.</summary>
    private protected CancellationToken Stop => _stop.Token;

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Releases everything that the cmdlet holds. PowerShell calls it once, also after a failure.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases everything that the cmdlet holds.</summary>
    /// <param name="disposing">False in a finalizer.</param>
    protected virtual void Dispose(bool disposing) => _stop.Dispose();

    /// <summary>Does work whose failure is an error of one target: the cmdlet goes on with the next. Ctrl+C ends the pipeline.</summary>
    /// <param name="target">The object of the error record.</param>
    /// <param name="work">The work.</param>
    /// <returns>Whether it succeeded.</returns>
    private protected bool Attempt(object? target, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            WriteError(ErrorRecords.From(exception, target));
            return false;
        }
    }

    /// <summary>Does work without which the cmdlet cannot go on: its failure ends the command.</summary>
    /// <param name="target">The object of the error record.</param>
    /// <param name="work">The work.</param>
    private protected void Require(object? target, Action work)
    {
        try
        {
            work();
        }
        catch (OperationCanceledException)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            ThrowTerminatingError(ErrorRecords.From(exception, target));
        }
    }

    /// <summary>Finds the path of the file system for a path of PowerShell. Where there is none, the command ends.</summary>
    private protected string RequirePath(string path)
    {
        string resolved = string.Empty;
        Require(path, () => resolved = FileSystemPath.Resolve(SessionState, path));
        return resolved;
    }

    /// <summary>The files that a path of PowerShell with wildcards means. Paths of other providers are errors.</summary>
    private protected IReadOnlyList<string> ResolvePath(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
        {
            return ResolveLiteralPath(path);
        }

        IReadOnlyList<string> resolved = GetResolvedProviderPathFromPSPath(path, out ProviderInfo provider);
        return IsFileSystem(provider, path) ? resolved : [];
    }

    /// <summary>The file that a path of PowerShell means, taken as it is written.</summary>
    private protected IReadOnlyList<string> ResolveLiteralPath(string path)
    {
        string resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out ProviderInfo provider, out _);
        return IsFileSystem(provider, path) ? [resolved] : [];
    }

    private bool IsFileSystem(ProviderInfo provider, string path)
    {
        if (provider.Name == "FileSystem")
        {
            return true;
        }

        WriteError(ErrorRecords.Create(ErrorIds.NotAFileSystemPath, $"'{SafeText.Escape(path)}' is not a path of the file system.", null, path));
        return false;
    }
}
