using System.Text.Json.Serialization;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>A function app, published in one way, whose cold start is measured.</summary>
internal sealed record Subject
{
    /// <summary><c>app</c> or <c>hello</c>.</summary>
    public required string App { get; init; }

    /// <summary>The variant's name.</summary>
    public required string Variant { get; init; }

    /// <summary>Bytes of the published files.</summary>
    public required long PackageBytes { get; init; }

    /// <summary>Bytes of the zip file that a deployment uploads.</summary>
    public required long ZipBytes { get; init; }

    /// <summary>The publish output.</summary>
    [JsonIgnore]
    public string Directory { get; init; } = "";

    /// <summary>What the first request asks for, from the root.</summary>
    [JsonIgnore]
    public string FirstRequest { get; init; } = "";

    /// <summary>App settings.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public string Name => $"{App}, {Variant}";
}
