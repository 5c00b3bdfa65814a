using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Edge.Rules;

/// <summary>A group of interchangeable origins, with its balancing policy and probe settings.</summary>
public sealed record OriginGroup
{
    public required string Name { get; init; }

    public LoadBalancing LoadBalancing { get; init; } = new();

    public HealthProbe HealthProbe { get; init; } = new();

    /// <summary>
    /// Weights and priorities of the group's origins. The edge starts no instances, so the program that does reads these: its first
    /// instance has the settings of the first origin, and all instances beyond the list have those of the last.
    /// </summary>
    public IReadOnlyList<Origin> Origins { get => field ?? []; init; }
}

/// <summary>How requests are balanced over the healthy origins of a group, and how many successful probes make an origin healthy.</summary>
public sealed record LoadBalancing
{
    /// <summary>Only the local edge has policies. Front Door selects by priority, then latency, then weight.</summary>
    public BalancingPolicy Policy { get; init; } = BalancingPolicy.LeastConnections;

    /// <summary>The number of an origin's most recent probes that decide on its health.</summary>
    public int SampleSize { get; init; } = 4;

    /// <summary>
    /// How many of these probes must have succeeded for the origin to be healthy; at most <see cref="SampleSize"/>. Probes that have not
    /// been sent yet count as successful, so that a new origin gets requests at once.
    /// </summary>
    public int SuccessfulSamplesRequired { get; init; } = 3;

    /// <summary>
    /// In milliseconds. Only Front Door uses this: origins whose latency exceeds that of the fastest by no more than this share the
    /// requests by weight.
    /// </summary>
    public int AdditionalLatencyInMilliseconds { get; init; } = 1000;
}

/// <summary>The request that tests an origin's health. Status 200 is a success; every other outcome is a failure.</summary>
public sealed record HealthProbe
{
    public string Path { get; init; } = "/";

    /// <summary>The time from one probe to the next: whole seconds from 1 to 255 in a rules file.</summary>
    [JsonPropertyName("intervalInSeconds")]
    [JsonConverter(typeof(SecondsConverter))]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>Http</c> or <c>Https</c>, for Front Door. The local edge always uses plain HTTP.</summary>
    public string Protocol { get; init; } = "Https";

    /// <summary><c>GET</c> or <c>HEAD</c>.</summary>
    public string Method { get; init; } = "HEAD";
}

/// <summary>The settings of one origin within its group.</summary>
public sealed record Origin
{
    public required string Name { get; init; }

    /// <summary>From 1 to 1000, relative to the other origins of the group.</summary>
    public required int Weight { get; init; }

    /// <summary>From 1 to 5. Only the healthy origins with the lowest number get requests.</summary>
    public required int Priority { get; init; }

    /// <summary>A disabled origin gets no requests.</summary>
    public required bool Enabled { get; init; }
}

internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromSeconds(reader.GetInt32());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.TotalSeconds);
}
