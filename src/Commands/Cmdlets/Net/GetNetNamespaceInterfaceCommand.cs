using System;
using System.Linq;
using System.Management.Automation;
using LinuxNamespaces.Commands.Output;
using LinuxNamespaces.Commands.Parameters;
using LinuxNamespaces.Commands.Parameters.Completers;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Net.Links;
using LinuxNamespaces.Operations.Net.Names;

namespace LinuxNamespaces.Commands;

/// <summary>Lists the network interfaces of net namespaces.</summary>
[Cmdlet(VerbsCommon.Get, "NetNamespaceInterface", DefaultParameterSetName = InputSet)]
[OutputType(typeof(NetNamespaceInterface))]
public sealed class GetNetNamespaceInterfaceCommand : NetNamespaceLookCommand
{
    private NetInterfaceReader? _reader;
    private WildcardPattern[]? _patterns;

    // Which of the names fitted an interface of one of the targets.
    private bool[] _isFound = [];
    private string? _place;
    private int _placeCount;

    /// <summary>Specifies the names of the interfaces to list.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InterfaceNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? InterfaceName { get; set; }

    private protected override string Activity => "Reading interfaces of net namespaces";

    /// <summary>Reports the names that no interface has, as other cmdlets do that take names.</summary>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        for (int i = 0; _place is not null && i < _isFound.Length; i++)
        {
            if (!_isFound[i] && !WildcardPattern.ContainsWildcardCharacters(InterfaceName![i]))
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.InterfaceNotFound,
                    $"There is no interface '{SafeText.Escape(InterfaceName[i])}' in {(_placeCount == 1 ? _place : $"any of the {_placeCount} net namespaces")}.",
                    "Leave -InterfaceName out to list the interfaces there are.",
                    InterfaceName[i]));
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _reader?.Dispose();
        base.Dispose(disposing);
    }

    private protected override void LookAt(NetTarget target)
    {
        _reader ??= new NetInterfaceReader(Stop);
        _patterns ??= InterfaceName?.Select(NetNamespaceNames.ParsePattern).ToArray();
        Array.Resize(ref _isFound, _patterns?.Length ?? 0);
        foreach (NetNamespaceInterface found in _reader.Read(target).Where(IsWanted))
        {
            WriteObject(found);
        }

        _place = target.Name;
        _placeCount++;

        if (_reader.WasOvertaken)
        {
            WarnOvertaken(target, "interfaces");
        }
    }

    private bool IsWanted(NetNamespaceInterface found)
    {
        if (_patterns is null)
        {
            return true;
        }

        bool isWanted = false;
        for (int i = 0; i < _patterns.Length; i++)
        {
            bool fits = _patterns[i].IsMatch(found.InterfaceName) || found.AltName.Any(_patterns[i].IsMatch);
            _isFound[i] |= fits;
            isWanted |= fits;
        }

        return isWanted;
    }
}
