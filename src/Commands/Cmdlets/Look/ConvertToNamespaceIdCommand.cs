using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Processes;
using LinuxNamespaces.Operations.Look;

namespace LinuxNamespaces.Commands;

/// <summary>Translates ids of users or groups from one user namespace to another.</summary>
[Cmdlet(VerbsData.ConvertTo, "NamespaceId")]
[OutputType(typeof(NamespaceIdTranslation))]
public sealed class ConvertToNamespaceIdCommand : NamespaceCmdlet
{
    private IdTranslator? _translator;

    /// <summary>Specifies the ids, or names of users or groups of this system.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AccountCompleter))]
    public string[] Id { get; set; } = [];

    /// <summary>Specifies the user namespace the ids are of; the session's own by default.</summary>
    [Parameter(Position = 1)]
    [NamespaceTargetTransform]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NamespacePlaceCompleter))]
    public NamespaceTarget? From { get; set; }

    /// <summary>Specifies the user namespace whose ids are wanted; the session's own by default.</summary>
    [Parameter(Position = 2)]
    [NamespaceTargetTransform]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NamespacePlaceCompleter))]
    public NamespaceTarget? To { get; set; }

    /// <summary>Indicates that the ids are of groups.</summary>
    [Parameter]
    public SwitchParameter Group { get; set; }

    /// <summary>Reads the maps once for all ids.</summary>
    protected override void BeginProcessing()
    {
        LookTargets targets = new(NamespaceType.User, default);
        Require(To ?? From, () =>
        {
            using LookTarget from = Open(targets, From);
            using LookTarget to = Open(targets, To);
            _translator = new IdTranslator(from, to);
        });
    }

    /// <summary>Translates.</summary>
    protected override void ProcessRecord()
    {
        foreach (string id in Id)
        {
            try
            {
                uint number = Group ? AccountLookup.GroupId(id) : AccountLookup.UserId(id);
                WriteObject(_translator!.Translate(number, Group));
            }
            catch (NamespaceException exception)
            {
                WriteError(ErrorRecords.From(exception, id));
            }
        }
    }

    private static LookTarget Open(LookTargets targets, NamespaceTarget? target) => target is null ? targets.OpenOwn() : targets.Open(target);
}
