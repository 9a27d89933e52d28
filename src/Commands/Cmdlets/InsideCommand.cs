using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Start.Child;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Targets;

namespace LinuxNamespaces.Commands;

/// <summary>The parameters that all cmdlets share that enter namespaces, as nsenter(1) has them.</summary>
public abstract class InsideCommand : NamespaceCmdlet
{
    /// <summary>Specifies the types to join. By default, all are joined in which the target differs from the session.</summary>
    [Parameter]
    [NamespaceTypeTransform]
    [ValidateSet("Cgroup", "Ipc", "Mnt", "Net", "Pid", "Time", "User", "Uts")]
    [ValidateNotNullOrEmpty]
    public NamespaceType[]? Type { get; set; }

    /// <summary>Specifies the number of a socket of the target, whose net namespace is joined.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    [ValidateNotNullOrEmpty]
    public int? SocketDescriptor { get; set; }

    /// <summary>Indicates that the user namespace is joined that owns the other namespaces.</summary>
    [Parameter]
    public SwitchParameter UserParent { get; set; }

    /// <summary>Specifies the uid inside. The default is 0 where a user namespace is joined, and otherwise the session's.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AccountCompleter))]
    [AccountTransform(isUser: true)]
    [ValidateNotNullOrEmpty]
    public uint? UserId { get; set; }

    /// <summary>Specifies the gid inside.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(AccountCompleter))]
    [AccountTransform(isUser: false)]
    [ValidateNotNullOrEmpty]
    public uint? GroupId { get; set; }

    /// <summary>Indicates that uid and gid are those of the target.</summary>
    [Parameter]
    public SwitchParameter FollowCredentials { get; set; }

    /// <summary>Indicates that uid, gid and groups are kept where a user namespace is joined.</summary>
    [Parameter]
    public SwitchParameter PreserveCredentials { get; set; }

    /// <summary>Indicates that capabilities are kept, whatever the uid.</summary>
    [Parameter]
    public SwitchParameter KeepCapabilities { get; set; }

    /// <summary>Specifies a directory of the session that becomes the root inside.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>Indicates that the root directory is that of the target.</summary>
    [Parameter]
    public SwitchParameter TargetRoot { get; set; }

    /// <summary>Specifies the directory to start in, as a path inside.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>Specifies the directory to start in, as a path of the session, which need not be reachable inside.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OuterWorkingDirectory { get; set; }

    /// <summary>Indicates that the working directory is that of the target.</summary>
    [Parameter]
    public SwitchParameter TargetWorkingDirectory { get; set; }

    /// <summary>Indicates that the variables are those of the target instead of the session's.</summary>
    [Parameter]
    public SwitchParameter TargetEnvironment { get; set; }

    /// <summary>Specifies variables to set; $null removes one.</summary>
    [Parameter]
    public IDictionary? Environment { get; set; }

    /// <summary>Indicates that the control group of the target is joined.</summary>
    [Parameter]
    public SwitchParameter JoinCgroup { get; set; }

    /// <summary>Indicates that the SELinux context is that of the target.</summary>
    [Parameter]
    public SwitchParameter FollowContext { get; set; }

    /// <summary>Indicates that this session's PowerShell is not brought into a mount namespace that has none.</summary>
    [Parameter]
    public SwitchParameter NoHostPowerShell { get; set; }

    /// <summary>Opens a target with all that going there takes.</summary>
    internal TargetJoin Open(NamespaceTarget target)
    {
        // The owner of namespaces may be asked of any of them.
        NamespaceTypeSet types = NamespaceTypeSet.OfOrAll(UserParent ? null : Type);
        ResolvedTarget resolved = target.Resolve(types);
        try
        {
            return TargetJoin.Open(resolved, BuildOptions());
        }
        catch
        {
            resolved.Dispose();
            throw;
        }
    }

    /// <summary>Builds the request for a program inside; a join completes it.</summary>
    internal SpawnRequest BuildRequest(TargetJoin? join)
    {
        EnvironmentBlock environment = BuildEnvironment(join?.Environment);
        string? path = environment.Find("PATH");
        SpawnRequest request = new()
        {
            Environment = environment,
            InitialDirectory = FileSystemPath.Current(SessionState),
        };
        request = string.IsNullOrEmpty(path) ? request : request with { SearchPath = path };
        return join is null ? request with { WorkingDirectory = WorkingDirectory } : request.With(join);
    }

    /// <summary>A program's path: the session's own where paths mean the same inside.</summary>
    internal string ResolveProgram(string program, bool keepsFiles) => keepsFiles && (program.Contains('/') || program.StartsWith('~')) ? Resolve(program) : program;

    /// <summary>Resolves the value of -Path: a PowerShell path becomes one of the file system; the id of a namespace, <c>:4711</c>, stays.</summary>
    internal string ResolveTarget(string path) => path.StartsWith(':') && ulong.TryParse(path.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out _) ? path : Resolve(path);

    /// <summary>A path of PowerShell's as one of the file system.</summary>
    internal string Resolve(string path) => FileSystemPath.Resolve(SessionState, path);

    private JoinOptions BuildOptions() => new()
    {
        Types = Type is null ? null : NamespaceTypeSet.Of(Type),
        SocketDescriptor = SocketDescriptor,
        UserParent = UserParent,
        UserId = UserId,
        GroupId = GroupId,
        FollowCredentials = FollowCredentials,
        PreserveCredentials = PreserveCredentials,
        KeepCapabilities = KeepCapabilities,
        Root = Root is null ? null : Resolve(Root),
        TargetRoot = TargetRoot,
        WorkingDirectory = WorkingDirectory,
        OuterWorkingDirectory = OuterWorkingDirectory is null ? null : Resolve(OuterWorkingDirectory),
        TargetWorkingDirectory = TargetWorkingDirectory,
        TargetEnvironment = TargetEnvironment,
        JoinCgroup = JoinCgroup,
        FollowContext = FollowContext,
    };

    private EnvironmentBlock BuildEnvironment(IReadOnlyList<string>? ofTarget)
    {
        SortedDictionary<string, string> variables = new(StringComparer.Ordinal);
        if (ofTarget is null)
        {
            foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            {
                variables[(string)variable.Key] = (string)variable.Value!;
            }
        }

        foreach (string entry in ofTarget ?? [])
        {
            int equals = entry.IndexOf('=');
            variables[equals > 0 ? entry[..equals] : entry] = equals > 0 ? entry[(equals + 1)..] : string.Empty;
        }

        EnvironmentChanges.Apply(Environment, variables);
        return EnvironmentBlock.Of(variables);
    }
}
