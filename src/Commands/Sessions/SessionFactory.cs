using System.Management.Automation;
using LinuxNamespaces.Commands.Remote.Client;

namespace LinuxNamespaces.Commands.Sessions;

/// <summary>Creates PSSessions for the first assembly.</summary>
internal sealed class SessionFactory : ISessionFactory
{
    public IOpeningSession Open(SessionProcess process, string? name, string computerName, PSCmdlet cmdlet) => OpeningSession.Begin(process, name, computerName, cmdlet);
}
