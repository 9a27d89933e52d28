using System.Management.Automation;
using LinuxNamespaces.Operations.Look;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the id maps of user namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NamespaceIdMap", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NamespaceIdMap))]
public sealed class GetNamespaceIdMapCommand : NamespaceLookCommand
{
    private protected override NamespaceType Type => NamespaceType.User;

    private protected override void LookAt(LookTarget target)
    {
        // Where all are asked for, one that is only the parent of another is nobody's fault.
        if (All && target.FindProcess() is null)
        {
            WriteVerbose($"No process is in {target.Name} that may be seen, and the kernel shows id maps by a process alone.");
            return;
        }

        WriteObject(IdMapReader.Read(target));
    }
}
