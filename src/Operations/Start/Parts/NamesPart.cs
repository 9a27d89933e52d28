using System;
using System.Runtime.CompilerServices;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start.Parts;

internal sealed partial record SpawnRequest
{
    /// <summary>The host name of a new uts namespace.</summary>
    internal string? HostName { get; init; }

    /// <summary>The NIS domain name of a new uts namespace.</summary>
    internal string? DomainName { get; init; }

    /// <summary>Bring the lo of a new net namespace up.</summary>
    internal bool LoopbackUp { get; init; }
}

/// <summary>Names a new uts namespace and brings up the lo of a new net namespace.</summary>
internal sealed class NamesPart(SpawnRequest request) : StartPart
{
    private const int MaxNameBytes = 64;

    private readonly SpawnRequest _request = request;

    internal override PartNeeds Needs => _request.LoopbackUp ? PartNeeds.Scratch : PartNeeds.None;

    internal override void Validate()
    {
        RequestRules.Require(_request.Types, NamespaceType.Uts, _request.HostName is not null || _request.DomainName is not null, "A host or domain name");
        RequestRules.Require(_request.Types, NamespaceType.Net, _request.LoopbackUp, "-LoopbackUp");
        Check(_request.HostName, "host name");
        Check(_request.DomainName, "domain name");
    }

    internal override void AddSteps(StartStage stage, StepList steps)
    {
        if (stage != StartStage.Name)
        {
            return;
        }

        if (_request.HostName is string host)
        {
            Add(steps, "sethostname", LibCExports.sethostname, host, "host name");
        }

        if (_request.DomainName is string domain)
        {
            Add(steps, "setdomainname", LibCExports.setdomainname, domain, "domain name");
        }

        if (_request.LoopbackUp)
        {
            byte[] interfaceRequest = new byte[Unsafe.SizeOf<LibC.ifreq>()];
            "lo"u8.CopyTo(interfaceRequest);
            BitConverter.TryWriteBytes(interfaceRequest.AsSpan(LibC.IFNAMSIZ), LibC.IFF_UP);
            steps.Add("socket", LibCExports.socket, [LibC.AF_INET, LibC.SOCK_DGRAM, 0]);
            steps.Add("ioctl(SIOCSIFFLAGS)", LibCExports.ioctl, [steps.Scratch, LibC.SIOCSIFFLAGS, interfaceRequest], "bring lo up", "lo");
            steps.Add("close", LibCExports.close, [steps.Scratch]);
        }
    }

    private static void Check(string? name, string what)
    {
        RequestRules.CheckNoNul(name);
        if (name is not null && Encoding.UTF8.GetByteCount(name) is 0 or > MaxNameBytes)
        {
            throw RequestRules.Invalid($"The {what} '{SafeText.Escape(name)}' must be 1 to {MaxNameBytes} bytes long.", null);
        }
    }

    private static void Add(StepList steps, string call, nint function, string name, string what)
    {
        string shown = SafeText.Escape(name);
        steps.Add(call, function, [name, Encoding.UTF8.GetByteCount(name)], $"{what} '{shown}'", shown, explain: Refused);
    }

    private static NamespaceException? Refused(LinuxException failure) => failure.NativeErrorCode == LibC.EPERM
        ? new(ErrorIds.PrivilegeRequired, "The host name may not be set.", "It needs CAP_SYS_ADMIN in the user namespace that owns the uts namespace: add -Type User, or run as root.", failure)
        : null;
}
