using System.Management.Automation;
using LinuxNamespaces.Commands.Remote.Client;

namespace LinuxNamespaces.Commands.Sessions;

/// <summary>What the first assembly asks for PSSessions.</summary>
internal sealed class SessionFactory : ISessionFactory
{
    public IOpeningSession Open(SessionProcess process, string? name, string computerName, PSCmdlet cmdlet) => OpeningSession.Begin(process, name, computerName, cmdlet);
}
