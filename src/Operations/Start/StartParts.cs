using System.Collections.Generic;
using System.Linq;
using LinuxNamespaces.Operations.Start.Parts;
using LinuxNamespaces.Operations.Start.Planning;

namespace LinuxNamespaces.Operations.Start;

/// <summary>The parts of a start. In one stage, and at one gate, they act in this order.</summary>
internal static class StartParts
{
    /// <summary>All parts, for a request.</summary>
    internal static StartPart[] Of(SpawnRequest request) =>
    [
        new NewNamespacesPart(request),
        new JoinsPart(request),
        new LimitsPart(request),
        new IdentityPart(request),
        new CapabilitiesPart(request),
        new IdMapsPart(request),
        new ClocksPart(request),
        new NamesPart(request),
        new NetViewPart(request),
        new MountsPart(request),
        new FilesPart(request),
        new RootPart(request),
        new DirectoriesPart(request),
        new ConfinementPart(request),
        new RecordsPart(request),
        new PinsPart(request),
        new ProgramPart(request),
        new LifetimePart(request),
        new ResourcesPart(request),
        new PrivilegesPart(request),
        new LandlockPart(request),
        new StreamsPart(request),
        new SeccompPart(request),
    ];

    /// <summary>Predicts the failures of a plan, as far as they can be seen without a change, in the words of the failure.</summary>
    internal static IEnumerable<NamespaceException> Forecast(SpawnPlan plan)
    {
        StartPart[] parts = Of(plan.Request);
        SessionFiles files = FilesFor(parts);
        return parts.SelectMany(part => part.Forecast(files)).OfType<NamespaceException>();
    }

    /// <summary>Predicts that the program is missing; null where it exists, or where that is not known.</summary>
    internal static NamespaceException? ForecastProgram(SpawnPlan plan) =>
        new ProgramPart(plan.Request).Forecast(FilesFor(Of(plan.Request))).FirstOrDefault();

    private static SessionFiles FilesFor(StartPart[] parts) => new(path => parts.Any(part => part.Hides(path)));
}
