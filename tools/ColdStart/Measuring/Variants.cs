namespace ServerlessScale.ColdStart.Measuring;

/// <summary>The variants that can be compared. Each ablation changes one setting of the published app.</summary>
internal static class Variants
{
    /// <summary>
    /// The variant with the settings in the project file. It uses ReadyToRun and is published for the operating system of this machine. The
    /// empty worker is published with the same settings.
    /// </summary>
    public static Variant AsPublished { get; } = new()
    {
        Name = "as published",
        Properties = new Dictionary<string, string> { ["PublishReadyToRun"] = "true", ["ConcurrentGarbageCollection"] = "false" },
    };

    /// <summary>The variant that <c>dotnet publish -c Release</c> creates with the .NET defaults.</summary>
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

    /// <summary>The ablations, each of which changes one setting of the app as published.</summary>
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
        AsPublished with { Name = "API description missing", RemovedFiles = ["openapi.json"] },
    ];

    /// <summary>
    /// Returns a variant of the app with all capabilities, and one variant per microservice. All variants use the same package.
    /// </summary>
    public static IReadOnlyList<Variant> Topologies(IEnumerable<string> microservices) =>
    [
        AsPublished with { Name = "monolith" },
        .. microservices.Select(name => Slice($"microservice {name}", name)),
    ];

    /// <param name="texts">Substrings of variant names. The comparison ignores case.</param>
    /// <returns>The ablations whose name contains at least one of the given strings. If no strings are given, all ablations.</returns>
    public static IEnumerable<Variant> Named(IReadOnlyCollection<string> texts) => Ablations.Where(variant =>
        texts.Count == 0 || texts.Any(text => variant.Name.Contains(text, StringComparison.OrdinalIgnoreCase)));

    private static Dictionary<string, string> Published(string property, string value) => new(AsPublished.Properties) { [property] = value };

    private static Variant Runtime(string name, string setting, object? value) =>
        AsPublished with { Name = name, RuntimeSettings = new Dictionary<string, object?> { [setting] = value } };

    private static Variant Setting(string name, string setting, string value) =>
        AsPublished with { Name = name, AppSettings = new Dictionary<string, string> { [setting] = value } };

    private static Variant Slice(string name, string microservice) => AsPublished with { Name = name, Microservice = microservice };
}

/// <summary>The settings for publishing and running an app.</summary>
internal sealed record Variant
{
    /// <summary>A short description of how this variant differs from the app as published.</summary>
    public required string Name { get; init; }

    /// <summary>The MSBuild properties for publishing, in addition to the properties in the project file.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the app is published for any operating system, as <c>dotnet publish -c Release</c> does by default.</summary>
    public bool Portable { get; init; }

    /// <summary>
    /// The entries of <c>configProperties</c> in runtimeconfig.json that are changed after publishing. A null value removes the entry.
    /// </summary>
    public IReadOnlyDictionary<string, object?> RuntimeSettings { get; init; } = new Dictionary<string, object?>();

    /// <summary>The files that are deleted after publishing.</summary>
    public IReadOnlyList<string> RemovedFiles { get; init; } = [];

    /// <summary>The app settings in addition to <see cref="WorkerSettings"/>.</summary>
    public IReadOnlyDictionary<string, string> AppSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The microservice of <c>infra/capabilities.json</c> whose functions are enabled; null to enable all functions.</summary>
    public string? Microservice { get; init; }
}
