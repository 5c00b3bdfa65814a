using System.Text.Json.Serialization;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>A published variant of a function app, whose cold starts are measured.</summary>
internal sealed record Subject
{
    /// <summary><c>app</c> or <c>hello</c>.</summary>
    public required string App { get; init; }

    /// <summary>The variant's name.</summary>
    public required string Variant { get; init; }

    /// <summary>The total size of the published files in bytes.</summary>
    public required long PackageBytes { get; init; }

    /// <summary>The size in bytes of the zip file that a deployment uploads.</summary>
    public required long ZipBytes { get; init; }

    /// <summary>The folder that contains the published files.</summary>
    [JsonIgnore]
    public string Directory { get; init; } = "";

    /// <summary>The path of the first request.</summary>
    [JsonIgnore]
    public string FirstRequest { get; init; } = "";

    /// <summary>The app settings.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public string Name => $"{App}, {Variant}";
}
