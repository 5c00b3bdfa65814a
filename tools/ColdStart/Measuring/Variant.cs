namespace ServerlessScale.ColdStart.Measuring;

/// <summary>One way to publish and run an app.</summary>
internal sealed record Variant
{
    /// <summary>What is different, in a few words.</summary>
    public required string Name { get; init; }

    /// <summary>MSBuild properties of the publish, beside those that the project sets.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Published for any system, as <c>dotnet publish -c Release</c> does, rather than for this machine's.</summary>
    public bool Portable { get; init; }

    /// <summary>Runtime settings (<c>configProperties</c> of runtimeconfig.json) that are changed after publishing; null takes one away.</summary>
    public IReadOnlyDictionary<string, object?> RuntimeSettings { get; init; } = new Dictionary<string, object?>();

    /// <summary>App settings beside the usual ones.</summary>
    public IReadOnlyDictionary<string, string> AppSettings { get; init; } = new Dictionary<string, string>();

    /// <summary>The microservice of <c>infra/capabilities.json</c> that it runs as, the others' functions disabled; null for all of them.</summary>
    public string? Microservice { get; init; }
}
