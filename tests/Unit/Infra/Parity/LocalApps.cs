using ServerlessScale.Edge.Rules;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>The apps that LocalCloud has for what a parameter file deploys.</summary>
/// <param name="Rules">The edge's, divided where there are several apps.</param>
/// <param name="GroupsByApp">The origin groups that each app's instances are in.</param>
internal sealed record LocalApps(EdgeRules Rules, IReadOnlyDictionary<string, IReadOnlyList<OriginGroup>> GroupsByApp)
{
    public static LocalApps Of(string installation, EdgeRules rules)
    {
        var topology = Installation.Read(installation).AppSettings.Count == 1 ? Topology.Monolith : Topology.Microservices;
        var capabilities = Capabilities.Load(Path.Combine(Installation.Folder, "capabilities.json"));
        var apps = capabilities.Plan(topology, [.. capabilities.ByName.Values.SelectMany(capability => capability.Functions)]);

        // As InstanceSet does: with one app there is nothing to divide.
        return topology == Topology.Monolith
            ? new(rules, apps.ToDictionary(app => app.Name, _ => rules.OriginGroups))
            : new(DividedRules.Divide(rules, apps), apps.ToDictionary(app => app.Name, app => DividedRules.GroupsOf(rules, app)));
    }
}
