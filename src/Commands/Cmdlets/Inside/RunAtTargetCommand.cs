using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;

namespace LinuxNamespaces.Commands;

/// <summary>The parameters that say where something runs: in existing namespaces that they name, or in fresh ones.</summary>
public abstract class RunAtTargetCommand : RunInsideCommand
{
    private protected RunAtTargetCommand()
    {
    }

    /// <summary>Specifies processes whose namespaces are the targets.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [Alias("Id", "PID")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Specifies named net namespaces as targets. A program sees their files of /etc/netns and their /sys.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Specifies namespace files as targets.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [Alias("LiteralPath")]
    public string[] Path { get; set; } = [];

    /// <summary>Specifies the types of fresh namespaces, which are removed afterwards.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    public NamespaceType[] New { get; set; } = [];

    /// <summary>Indicates that a fresh /proc is mounted.</summary>
    [Parameter]
    public SwitchParameter MountProc { get; set; }

    /// <summary>Indicates that the caller is root in a fresh user namespace.</summary>
    [Parameter]
    public SwitchParameter MapRootUser { get; set; }

    /// <summary>Specifies the host name in a fresh uts namespace.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>Indicates that lo is up in a fresh net namespace.</summary>
    [Parameter]
    public SwitchParameter LoopbackUp { get; set; }
}
