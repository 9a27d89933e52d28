using System.Collections.Generic;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Namespaces;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>The base of cmdlets that connect or disconnect two net namespaces: the two sides, and a plan that is listed step by step.</summary>
public abstract class NetConnectionCommand : NamespaceCmdlet
{
    private readonly NetNamesByInode _names = new();
    private NamespaceThread? _thread;

    /// <summary>Specifies the first net namespace: a name, PID, process, namespace, path or container. The host by default.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [NamespaceTargetTransform]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget? Name { get; set; }

    /// <summary>Specifies the second net namespace. The host by default.</summary>
    [Parameter(Position = 1)]
    [NamespaceTargetTransform]
    [ValidateNotNull]
    [ArgumentCompleter(typeof(NamespaceTargetCompleter))]
    public NamespaceTarget? PeerName { get; set; }

    /// <summary>Opens both sides, and goes to work.</summary>
    protected override void ProcessRecord()
    {
        if (Name is null && PeerName is null)
        {
            ThrowTerminatingError(ErrorRecords.Create(
                ErrorIds.NoNetNamespaceGiven, "Both sides would be the host.", "Give -Name, -PeerName or both.", null));
        }

        Attempt((Name ?? PeerName)?.ToString(), ConnectSides);
    }

    private void ConnectSides()
    {
        try
        {
            using NetConnectionSide side = Open(Name);
            using NetConnectionSide peerSide = Open(PeerName);
            Process(side, peerSide);
        }
        catch (NamespaceException exception) when (exception.ErrorId == ErrorIds.TargetNotFound && TrialAction is not null && CommonSwitch.IsTrial(this))
        {
            // The command before, which would make it, was a trial too.
            _ = ShouldProcess($"{Name?.ToString() ?? "the host"} - {PeerName?.ToString() ?? "the host"}", TrialAction);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _thread?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The action that -WhatIf shows for sides that do not exist; null for an error.</summary>
    private protected virtual string? TrialAction => null;

    /// <summary>Does the work.</summary>
    private protected abstract void Process(NetConnectionSide side, NetConnectionSide peerSide);

    /// <summary>Asks whether to go on, as ShouldProcess does; -WhatIf and -Verbose list the steps.</summary>
    private protected bool ShouldProcessSteps(string target, string action, IEnumerable<string> steps)
    {
        bool isGranted = ShouldProcess(target, action);
        if (!isGranted && !CommonSwitch.IsTrial(this))
        {
            return false;
        }

        if (isGranted && !CommonSwitch.IsVerbose(this))
        {
            return true;
        }

        foreach (string step in steps)
        {
            if (isGranted)
            {
                WriteVerbose(step);
            }
            else
            {
                _ = ShouldProcess(step, step, action);
            }
        }

        return isGranted;
    }

    /// <summary>The name of a net namespace; null for one without.</summary>
    private protected string? NameOf(NetConnectionSide side) => _names.Find(side.Handle);

    /// <summary>The net namespace of a target, unopened by a socket; the caller disposes of it.</summary>
    private protected NetTarget Find(NamespaceTarget target) => NetTarget.Open(target, _names, Stop);

    private NetConnectionSide Open(NamespaceTarget? target)
    {
        if (target is null)
        {
            return NetConnectionSide.OpenHost();
        }

        NetTarget found = NetTarget.Open(target, _names, Stop);
        try
        {
            return NetConnectionSide.Open(found, _thread ??= new NamespaceThread());
        }
        catch
        {
            found.Dispose();
            throw;
        }
    }
}
