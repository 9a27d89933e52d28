using System;
using System.Collections.Generic;
using System.Text;
using LinuxNamespaces.Interop;
using LinuxNamespaces.Kernel.Files;
using LinuxNamespaces.Operations.Start.Child;

namespace LinuxNamespaces.Operations.Start.Parts;

/// <summary>The steps that name a new uts namespace and bring up the lo of a new net namespace.</summary>
internal static class NameSteps
{
    private const int InterfaceRequestSize = 40; // struct ifreq: the name, then the flags

    internal static void AddTo(List<ChildStep> steps, SpawnRequest request, ChildDescriptors descriptors)
    {
        if (request.HostName is string host)
        {
            AddName(steps, "sethostname", LibCExports.sethostname, host, "host name");
        }

        if (request.DomainName is string domain)
        {
            AddName(steps, "setdomainname", LibCExports.setdomainname, domain, "domain name");
        }

        if (request.LoopbackUp)
        {
            byte[] interfaceRequest = new byte[InterfaceRequestSize];
            "lo"u8.CopyTo(interfaceRequest);
            BitConverter.TryWriteBytes(interfaceRequest.AsSpan(LibC.IFNAMSIZ), LibC.IFF_UP);
            steps.Add(new ChildStep("socket", LibCExports.socket, LibC.AF_INET, LibC.SOCK_DGRAM, 0));
            steps.Add(new ChildStep("ioctl(SIOCSIFFLAGS)", LibCExports.ioctl, descriptors.Scratch, LibC.SIOCSIFFLAGS, interfaceRequest) { Text = "bring lo up", Subject = "lo" });
            steps.Add(new ChildStep("close", LibCExports.close, descriptors.Scratch));
        }
    }

    private static void AddName(List<ChildStep> steps, string call, nint function, string name, string what)
    {
        string shown = SafeText.Escape(name);
        steps.Add(new ChildStep(call, function, name, Encoding.UTF8.GetByteCount(name)) { Text = $"{what} '{shown}'", Subject = shown, Explain = SpawnFailure.Name });
    }
}
