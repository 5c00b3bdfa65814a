using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.Measuring;

/// <summary>The results of a measurement, which are stored in <c>cold-start.json</c> for later comparisons.</summary>
internal sealed record RunFile
{
    private const int CurrentVersion = 1;

    /// <summary>The version of the file format.</summary>
    public int Version { get; init; } = CurrentVersion;

    public required DateTimeOffset MeasuredAt { get; init; }

    public required Machine Machine { get; init; }

    public required bool PageCacheDropped { get; init; }

    public required IReadOnlyList<Subject> Subjects { get; init; }

    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>The variants that could not be published or started, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Returns one value for each start of a subject, or an empty list when the subject was not measured.</summary>
    public IReadOnlyList<double> Values(string subject, Func<Sample, double> figure) =>
        [.. Samples.Where(sample => sample.Subject == subject).Select(figure)];

    public IReadOnlyList<double> Totals(string subject) => Values(subject, sample => sample.Times.Total);

    public string ToJson() => JsonSerializer.Serialize(this, RunFileJson.Default.RunFile);

    /// <exception cref="CommandException">The file does not contain a measurement in the current format.</exception>
    public static async Task<RunFile> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            var run = await JsonSerializer.DeserializeAsync(file, RunFileJson.Default.RunFile, cancellationToken);
            return run is { Version: CurrentVersion, Samples.Count: > 0 }
                ? run
                : throw new CommandException($"{path} contains no starts in format {CurrentVersion}.");
        }
        catch (Exception failure) when (failure is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read as a cold-start measurement: {failure.Message}", failure);
        }
    }
}

/// <summary>The machine on which a measurement was made. Measurements from different machines must not be compared.</summary>
internal sealed record Machine(string System, string Architecture, int Cores, string Runtime)
{
    public static Machine This { get; } = new(
        RuntimeInformation.OSDescription, RuntimeInformation.OSArchitecture.ToString(), Environment.ProcessorCount, RuntimeInformation.FrameworkDescription);
}

[JsonSerializable(typeof(RunFile))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
internal sealed partial class RunFileJson : JsonSerializerContext;
