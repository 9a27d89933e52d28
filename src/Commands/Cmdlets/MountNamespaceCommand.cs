using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Commands.Remote.Client;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Find;
using LinuxNamespaces.Operations.Keep;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>Keeps namespaces alive by mounting them on files.</summary>
[Cmdlet("Mount", "Namespace", SupportsShouldProcess = true)]
[OutputType(typeof(NamespaceInfo))]
public sealed class MountNamespaceCommand : NamespaceCmdlet
{
    /// <summary>Specifies the namespaces to keep, or processes with -Type.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [NamespaceTargetTransform]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget[] InputObject { get; set; } = [];

    /// <summary>Specifies the file to mount on. For several namespaces it is a directory, whose files are named after the types.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("LiteralPath")]
    public string Path { get; set; } = string.Empty;

    /// <summary>Specifies which namespaces of a process are mounted.</summary>
    [Parameter]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    [ValidateNotNullOrEmpty]
    public NamespaceType[]? Type { get; set; }

    /// <summary>Indicates that a missing file, and missing directories above it, are created.</summary>
    [Parameter]
    public SwitchParameter Create { get; set; }

    /// <summary>Indicates that the cmdlet writes the namespaces that were mounted.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Ends the idle PowerShells of Invoke-NamespaceCommand, which keep namespaces alive.</summary>
    protected override void BeginProcessing() => InnerPowerShellPool.Clear();

    /// <summary>Mounts, one by one.</summary>
    protected override void ProcessRecord()
    {
        string path = RequirePath(Path);
        foreach (NamespaceTarget item in InputObject)
        {
            Attempt(item, () =>
            {
                NamespaceTypeSet types = NamespaceTypeSet.OfOrAll(Type);
                using ResolvedTarget target = item.Resolve(types, Stop);
                Mount(target, path);
            });
        }
    }

    private void Mount(ResolvedTarget target, string path)
    {
        NamespaceType[] types = [.. target.Types];
        foreach (NamespaceType type in types.Where(type => Type?.Contains(type) != false))
        {
            string file = NamespacePin.TargetOf(path, type, isDirectory: types.Length > 1);
            NamespaceHandle handle = target[type]!;
            string what = $"{type.KernelName()}:[{handle.Inode}]";
            if (!ShouldProcess(file, target.Label == what ? $"Mount {what}" : $"Mount {what} of {target.Label}"))
            {
                continue;
            }

            if (Attempt(file, () => NamespacePin.Mount(handle, type, file, Create)) && PassThru)
            {
                WriteObject(NamespaceInventory.Read(new InventoryOptions { Opened = [new OpenedNamespace(file, handle)] }, Stop).Namespaces, enumerateCollection: true);
            }
        }
    }
}
