namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Changes of prod.bicepparam, and of the edge's rules, that make them wrong, and what the compiler says of each. All of a group are made in one file, as the compiler
/// reports all that it sees; what it cannot see in the types is told by the template itself, once the types are right.
/// </summary>
public sealed class RefusedParameters : IAsyncLifetime
{
    private const string ParameterFile = "prod.bicepparam";

    internal static readonly IReadOnlyDictionary<string, Fault[]> Groups = new Dictionary<string, Fault[]>
    {
        ["by their types"] =
        [
            new("edge = 'premium'", "edge = 'basic'", "'none' | 'premium' | 'standard'"),
            new("topology = 'microservices'", "topology = 'nanoservices'", "'microservices' | 'monolith'"),
            new("maximumThroughput: 4000", "maximumThroughput: 400", "minimum allowable value is 1000"),
            new("readEnvironmentVariable('SHOP_NAME', 'shop')", "'shopoftheworld'", "maximum allowable length is 12"),
            new("sampledPercent = 10", "sampledPercent = 0", "minimum allowable value is 1."),
            new("instanceMemory: 4096", "instanceMemory: 1024", "2048 | 4096 | 512"),
        ],
        ["without a region"] =
        [
            new("regions: [\n    { name: location, zoneRedundant: true }\n    { name: 'northeurope', zoneRedundant: true }\n  ]", "regions: []", "minimum allowable length is 1"),
        ],
        ["serverless in two regions"] =
        [
            new("kind: 'autoscale'", "kind: 'serverless'", "The property \"regions\" is not allowed"),
        ],
        ["rules that one app alone can have"] =
        [
            new(
                "\"conditions\": [],\n          \"actions\": [\n",
                "\"conditions\": [],\n          \"actions\": [{ \"name\": \"RouteConfigurationOverride\", \"parameters\": { \"originGroup\": \"functions\" } },\n",
                "overrides the origin group, which can only be said of a monolith.",
                "edge-rules.json"),
        ],
        ["by the template"] =
        [
            new(
                "\"origins\": [{",
                "\"origins\": [{ \"name\": \"other\", \"weight\": 50, \"priority\": 1, \"enabled\": true }, {",
                "probeInterval: functions of edge-rules.json has several origins, between which only probes can choose.",
                "edge-rules.json"),
            new("probeInterval = 255", "probeInterval = 0", "between which only probes can choose."),
            new("edge = 'premium'", "edge = 'standard'", "Front Door Standard cannot reach apps behind private endpoints; choose premium, or network public."),
            new("topology = 'microservices'", "topology = 'monolith'", "scaleOf: topology monolith has no app images, but shop."),
            new("maximumThroughput: 4000", "maximumThroughput: 4500", "orders.maximumThroughput: autoscale goes in steps of 1,000 request units."),
            new("name: 'northeurope'", "name: location", "orders.regions: a region is named twice."),
            new("readEnvironmentVariable('SHOP_NAME', 'shop')", "'a-shop'", "name: lower-case letters and digits only."),
            new("'https://login", "'http://login", "authority: must be an https URL."),
            new("param edge", "param settings = { Images__MaxByte: '1' }\nparam edge", "settings: there is no Images__MaxByte; app-settings.json has all that can be set."),
        ],
    };

    internal Dictionary<string, (int ExitCode, string Output)> Outcomes { get; } = [];

    public async ValueTask InitializeAsync()
    {
        // One after the other: the compiler takes a whole core.
        foreach (var (group, faults) in Groups)
        {
            using var template = new TemplateCopy();
            foreach (var fault in faults)
            {
                template.Change(fault.File, fault.Right, fault.Wrong);
            }

            Outcomes[group] = await template.DeployAsync(ParameterFile, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal sealed record Fault(string Right, string Wrong, string Reason, string File = ParameterFile);
}
