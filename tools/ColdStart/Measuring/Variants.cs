namespace ServerlessScale.ColdStart.Measuring;

/// <summary>The ways to publish that are worth comparing. Each ablation changes one thing of what is published.</summary>
internal static class Variants
{
    /// <summary>As the project file says: for this machine's system, with ReadyToRun. The empty worker gets the same settings.</summary>
    public static Variant AsPublished { get; } = new()
    {
        Name = "as published",
        Properties = new Dictionary<string, string> { ["PublishReadyToRun"] = "true", ["ConcurrentGarbageCollection"] = "false" },
    };

    /// <summary><c>dotnet publish -c Release</c> with everything at .NET's defaults.</summary>
    public static Variant Plain { get; } = new()
    {
        Name = "plain Release",
        Portable = true,
        Properties = new Dictionary<string, string>
        {
            ["PublishReadyToRun"] = "false",
            ["ConcurrentGarbageCollection"] = "true",
            ["InvariantGlobalization"] = "false",
        },
        RuntimeSettings = new Dictionary<string, object?> { ["System.GC.ConserveMemory"] = null },
    };

    public static IReadOnlyList<Variant> Ablations { get; } =
    [
        Plain,
        AsPublished with { Name = "ReadyToRun off", Properties = Published("PublishReadyToRun", "false") },
        AsPublished with { Name = "ReadyToRun composite", Properties = Published("PublishReadyToRunComposite", "true") },
        AsPublished with
        {
            Name = "metadata and executor by reflection",
            Properties = new Dictionary<string, string>(AsPublished.Properties)
            {
                ["FunctionsEnableMetadataSourceGen"] = "false",
                ["FunctionsEnableExecutorSourceGen"] = "false",
            },
        },
        Runtime("tiered compilation off", "System.Runtime.TieredCompilation", false),
        Runtime("quick JIT for loops off", "System.Runtime.TieredCompilation.QuickJitForLoops", false),
        Runtime("TieredPGO off", "System.Runtime.TieredPGO", false),
        Runtime("TieredPGO on", "System.Runtime.TieredPGO", true),
        Runtime("invariant globalization off", "System.Globalization.Invariant", false),
        Runtime("server GC", "System.GC.Server", true),
        Runtime("concurrent GC", "System.GC.Concurrent", true),
        Runtime("ConserveMemory off", "System.GC.ConserveMemory", null),
        Runtime("EventSource off", "System.Diagnostics.Tracing.EventSource.IsSupported", false),
        Setting("telemetry on", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"),
        Setting("settings files watched", "hostBuilder__reloadConfigOnChange", "true"),
        Setting("settings files not watched", "hostBuilder__reloadConfigOnChange", "false"),
        Setting("runtime diagnostics off", "DOTNET_EnableDiagnostics", "0"),
        Slice("images only", "images"),
        Slice("orders only", "orders"),
    ];

    /// <summary>One package, run as an app for everything and as each of the microservices.</summary>
    public static IReadOnlyList<Variant> Topologies(IEnumerable<string> microservices) =>
    [
        AsPublished with { Name = "monolith" },
        .. microservices.Select(name => Slice($"microservice {name}", name)),
    ];

    /// <param name="texts">Ablations whose name contains one of these, in any case; all when there are none.</param>
    public static IEnumerable<Variant> Named(IReadOnlyCollection<string> texts) => Ablations.Where(variant =>
        texts.Count == 0 || texts.Any(text => variant.Name.Contains(text, StringComparison.OrdinalIgnoreCase)));

    private static Dictionary<string, string> Published(string property, string value) => new(AsPublished.Properties) { [property] = value };

    private static Variant Runtime(string name, string setting, object? value) =>
        AsPublished with { Name = name, RuntimeSettings = new Dictionary<string, object?> { [setting] = value } };

    private static Variant Setting(string name, string setting, string value) =>
        AsPublished with { Name = name, AppSettings = new Dictionary<string, string> { [setting] = value } };

    private static Variant Slice(string name, string microservice) => AsPublished with { Name = name, Microservice = microservice };
}
