using ServerlessScale.Edge.Rules;
using ServerlessScale.FunctionHost;
using ServerlessScale.FunctionHost.Metadata;
using ServerlessScale.Local.Scaling;

namespace ServerlessScale.Local.Topologies;

/// <summary>The apps of a topology, and the edge rules that route each path to the app that handles it.</summary>
internal sealed record AppLayout(EdgeRules Rules, IReadOnlyList<InstanceApp> Apps)
{
    /// <summary>Plans the apps of a topology and the edge rules for them.</summary>
    /// <param name="topology">The topology.</param>
    /// <param name="rules">The edge rules for a single app.</param>
    /// <param name="capabilitiesPath">The path of infra/capabilities.json.</param>
    /// <param name="template">The host options for a single app.</param>
    /// <exception cref="LocalCloudException">
    /// infra/capabilities.json is not consistent with the build output, or the rules cannot be divided.
    /// </exception>
    /// <exception cref="FunctionHostException">The build output does not contain a list of its functions.</exception>
    public static AppLayout Of(Topology topology, EdgeRules rules, string capabilitiesPath, FunctionAppHostOptions template)
    {
        if (topology == Topology.Monolith)
        {
            return new(rules, [new() { Name = InstanceApp.Monolith, Template = template, OriginGroups = rules.OriginGroups }]);
        }

        var functions = FunctionsMetadata.Read(template.AppDirectory).Select(function => function.Name);
        var plans = Capabilities.Load(capabilitiesPath).Plan(topology, [.. functions]);
        return new(
            DividedRules.Divide(rules, plans),
            [
                .. plans.Select(plan => new InstanceApp
                {
                    Name = plan.Name,
                    Template = template with { Settings = plan.SettingsFrom(template.Settings) },
                    OriginGroups = DividedRules.GroupsOf(rules, plan),
                }),
            ]);
    }
}
