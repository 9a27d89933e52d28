using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;

namespace LinuxNamespaces.Commands;

/// <summary>The parameters that say who a program is: its ids, and the ids of its user namespace.</summary>
public abstract class ProcessIdentityCommand : NamespaceCmdlet
{
    private protected ProcessIdentityCommand()
    {
    }

    /// <summary>Specifies the uid of the program, as it is inside.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [AccountTransform(isUser: true)]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public uint? UserId { get; set; }

    /// <summary>Specifies the gid of the program. Supplementary groups are dropped.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [AccountTransform(isUser: false)]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public uint? GroupId { get; set; }

    /// <summary>Specifies the user that the caller is inside: a name or a number.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public string? MapUser { get; set; }

    /// <summary>Specifies the group that the caller's group is inside.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public string? MapGroup { get; set; }

    /// <summary>Indicates that the caller is root inside.</summary>
    [Parameter]
    public SwitchParameter MapRootUser { get; set; }

    /// <summary>Indicates that the caller has the same ids inside.</summary>
    [Parameter]
    public SwitchParameter MapCurrentUser { get; set; }

    /// <summary>Specifies ranges of user ids: inner:outer:count, auto, subids or all.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(IdMapCompleter))]
    public string[]? UidMap { get; set; } = [];

    /// <summary>Specifies ranges of group ids.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(IdMapCompleter))]
    public string[]? GidMap { get; set; } = [];

    /// <summary>Indicates that the first ranges that /etc/subuid and /etc/subgid give the caller are mapped, from 0 on.</summary>
    [Parameter]
    public SwitchParameter MapAuto { get; set; }

    /// <summary>Indicates that these ranges are mapped to the same numbers inside.</summary>
    [Parameter]
    public SwitchParameter MapSubIds { get; set; }

    /// <summary>Specifies the owner of the new user namespace, as user:group.</summary>
    [Parameter]
    [ValidatePattern("^[^:]+:[^:]+$")]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public string? Owner { get; set; }

    /// <summary>Specifies whether setgroups(2) may be called inside.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public SetGroupsPolicy? SetGroups { get; set; }

    /// <summary>Indicates that the program keeps its capabilities, whatever its uid.</summary>
    [Parameter]
    public SwitchParameter KeepCapabilities { get; set; }
}
