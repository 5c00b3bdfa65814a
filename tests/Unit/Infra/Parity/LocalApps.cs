using ServerlessScale.Edge.Rules;
using ServerlessScale.Local.Topologies;

namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>The apps that LocalCloud would run for the topology in a parameter file.</summary>
/// <param name="Rules">The edge's rules. If there are several apps, the routes and origin groups are divided among the apps.</param>
/// <param name="GroupsByApp">The origin groups of each app.</param>
internal sealed record LocalApps(EdgeRules Rules, IReadOnlyDictionary<string, IReadOnlyList<OriginGroup>> GroupsByApp)
{
    public static LocalApps Of(string installation, EdgeRules rules)
    {
        var topology = Installation.Read(installation).AppSettings.Count == 1 ? Topology.Monolith : Topology.Microservices;
        var capabilities = Capabilities.Load(Path.Combine(Installation.Folder, "capabilities.json"));
        var apps = capabilities.Plan(topology, [.. capabilities.ByName.Values.SelectMany(capability => capability.Functions)]);

        // As in InstanceSet, the rules are divided only if there are several apps.
        return topology == Topology.Monolith
            ? new(rules, apps.ToDictionary(app => app.Name, _ => rules.OriginGroups))
            : new(DividedRules.Divide(rules, apps), apps.ToDictionary(app => app.Name, app => DividedRules.GroupsOf(rules, app)));
    }
}
