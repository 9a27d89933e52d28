using System;
using System.Management.Automation;
using System.Threading;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Limits;

namespace LinuxNamespaces.Commands;

/// <summary>Lists how many namespaces each user may have, and how many there are.</summary>
[Cmdlet(VerbsCommon.Get, "NamespaceLimit")]
[OutputType(typeof(NamespaceLimit))]
public sealed class GetNamespaceLimitCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Only these types.</summary>
    [Parameter(Position = 0)]
    [NamespaceTypeTransform]
    [ValidateNotNullOrEmpty]
    public NamespaceType[] Type { get; set; } = [.. NamespaceTypes.All];

    /// <summary>Reads and counts.</summary>
    protected override void ProcessRecord()
    {
        LateProgress progress = new(this, "Counting namespaces");
        try
        {
            WriteObject(NamespaceLimits.Read(Type, progress.Report, _stop.Token), enumerateCollection: true);
            progress.Complete();
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is NamespaceException or LinuxException)
        {
            ThrowTerminatingError(ErrorRecords.From(exception));
        }
    }

    /// <summary>Ctrl+C.</summary>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Ends what Ctrl+C would.</summary>
    public void Dispose() => _stop.Dispose();
}
