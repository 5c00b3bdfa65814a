namespace ServerlessScale.Tests.Unit.Infra;

/// <summary>
/// Changes that make prod.bicepparam or edge-rules.json invalid. Each change has an expected error message. All changes in a group are made
/// in one copy of the template because the compiler reports all type errors in one run. The template's own checks have a separate group
/// because they run only if there is no type error.
/// </summary>
public sealed class RefusedParameters : IAsyncLifetime
{
    private const string ParameterFile = "prod.bicepparam";

    internal static readonly IReadOnlyDictionary<string, InvalidChange[]> Groups = new Dictionary<string, InvalidChange[]>
    {
        ["types"] =
        [
            new("edge = 'premium'", "edge = 'basic'", "'none' | 'premium' | 'standard'"),
            new("topology = 'microservices'", "topology = 'nanoservices'", "'microservices' | 'monolith'"),
            new("maximumThroughput: 4000", "maximumThroughput: 400", "minimum allowable value is 1000"),
            new("readEnvironmentVariable('SHOP_NAME', 'shop')", "'shopoftheworld'", "maximum allowable length is 12"),
            new("sampledPercent = 10", "sampledPercent = 0", "minimum allowable value is 1."),
            new("instanceMemory: 4096", "instanceMemory: 1024", "2048 | 4096 | 512"),
        ],
        ["no region"] =
        [
            new("regions: [\n    { name: location, zoneRedundant: true }\n    { name: 'northeurope', zoneRedundant: true }\n  ]", "regions: []", "minimum allowable length is 1"),
        ],
        ["serverless in two regions"] =
        [
            new("kind: 'autoscale'", "kind: 'serverless'", "The property \"regions\" is not allowed"),
        ],
        ["rules that are valid only for a monolith"] =
        [
            new(
                "\"conditions\": [],\n          \"actions\": [\n",
                "\"conditions\": [],\n          \"actions\": [{ \"name\": \"RouteConfigurationOverride\", \"parameters\": { \"originGroup\": \"functions\" } },\n",
                "overrides the origin group, which is possible only in topology monolith.",
                "edge-rules.json"),
        ],
        ["checks of the template"] =
        [
            new(
                "\"origins\": [{",
                "\"origins\": [{ \"name\": \"other\", \"weight\": 50, \"priority\": 1, \"enabled\": true }, {",
                "probeInterval: functions of edge-rules.json has several origins. Front Door needs probes to choose between them.",
                "edge-rules.json"),
            new("probeInterval = 255", "probeInterval = 0", "Front Door needs probes to choose between them."),
            new("edge = 'premium'", "edge = 'standard'", "Front Door Standard cannot reach apps behind private endpoints. Choose edge premium or network public."),
            new("storageRedundancy = 'Standard_ZRS'", "storageRedundancy = 'Standard_LRS'", "zone-redundant apps need zone-redundant storage."),
            new("instanceCount: 2", "instanceCount: 1", "zone-redundant apps need an instanceCount of at least 2."),
            new("'shop.example.com'", "'https://shop.example.com'", "domain: must be a host name"),
            new("'2026-12-01'", "'2026-12-24'", "budget.start: must be the first day of a month"),
            new("topology = 'microservices'", "topology = 'monolith'", "scaleOf: topology monolith has no app catalogue, images. Its apps are shop."),
            new("maximumThroughput: 4000", "maximumThroughput: 4500", "orders.maximumThroughput: must be a multiple of 1,000 request units."),
            new("name: 'northeurope'", "name: location", "orders.regions: the same region is listed twice."),
            new("readEnvironmentVariable('SHOP_NAME', 'shop')", "'a-shop'", "name: must contain only lower-case letters and digits."),
            new("'https://login", "'http://login", "authority: must be an https URL."),
            new("param edge", "param settings = { Images__MaxByte: '1' }\nparam edge", "settings: there is no Images__MaxByte. app-settings.json lists every setting."),
        ],
    };

    internal Dictionary<string, (int ExitCode, string Output)> Outcomes { get; } = [];

    public async ValueTask InitializeAsync()
    {
        // Compiles the groups one after another because each compilation uses a full core.
        foreach (var (group, changes) in Groups)
        {
            using var template = new TemplateCopy();
            foreach (var change in changes)
            {
                template.Change(change.File, change.Right, change.Wrong);
            }

            Outcomes[group] = await template.DeployAsync(ParameterFile, TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal sealed record InvalidChange(string Right, string Wrong, string Reason, string File = ParameterFile);
}
