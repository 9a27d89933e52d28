using System;
using System.Management.Automation;
using LinuxNamespaces.Operations.Look;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the queues, shared memory and semaphores of ipc namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NamespaceIpc", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NamespaceIpc))]
public sealed class GetNamespaceIpcCommand : NamespaceLookCommand
{
    private readonly IpcReader _reader = new();
    private bool _isWarned;

    /// <summary>Specifies the kinds of objects; all by default.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public NamespaceIpcKind[] Kind { get; set; } = Enum.GetValues<NamespaceIpcKind>();

    private protected override NamespaceType Type => NamespaceType.Ipc;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reader.Dispose();
        base.Dispose(disposing);
    }

    private protected override void LookAt(LookTarget target)
    {
        WriteObject(_reader.Read(target, Kind), enumerateCollection: true);
        if (_reader.QueuesRefused is LinuxException refused && !_isWarned)
        {
            _isWarned = true;
            WriteWarning($"The message queues of POSIX of {target.Name} cannot be seen: they take CAP_SYS_ADMIN, and Linux 5.2 ({refused.Message}).");
        }
    }
}
