using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>A whole measurement, as <c>cold-start.json</c> keeps it for later comparisons.</summary>
internal sealed record RunFile
{
    private const int CurrentVersion = 1;

    /// <summary>Of this format.</summary>
    public int Version { get; init; } = CurrentVersion;

    public required DateTimeOffset MeasuredAt { get; init; }

    public required Machine Machine { get; init; }

    public required bool PageCacheDropped { get; init; }

    public required IReadOnlyList<Subject> Subjects { get; init; }

    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>Variants that could not be published or did not start, with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>One figure of each start of a subject; empty for one that was not measured.</summary>
    public IReadOnlyList<double> Values(string subject, Func<Sample, double> figure) =>
        [.. Samples.Where(sample => sample.Subject == subject).Select(figure)];

    public IReadOnlyList<double> Totals(string subject) => Values(subject, sample => sample.Times.Total);

    public string ToJson() => JsonSerializer.Serialize(this, RunFileJson.Default.RunFile);

    /// <exception cref="LocalCloudException">The file is not one of these.</exception>
    public static async Task<RunFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            var run = await JsonSerializer.DeserializeAsync(file, RunFileJson.Default.RunFile, cancellationToken);
            return run is { Version: CurrentVersion, Samples.Count: > 0 }
                ? run
                : throw new LocalCloudException($"{path} holds no starts of format {CurrentVersion}.");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new LocalCloudException($"{path} cannot be read as a cold-start measurement: {failure.Message}", failure);
        }
    }
}

[JsonSerializable(typeof(RunFile))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class RunFileJson : JsonSerializerContext;
