using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Edge.Balancing;

namespace ServerlessScale.Edge.Rules;

/// <summary>A group of interchangeable origins with its balancing and probe settings.</summary>
public sealed record OriginGroup
{
    public required string Name { get; init; }

    public LoadBalancing LoadBalancing { get; init; } = new();

    public HealthProbe HealthProbe { get; init; } = new();

    /// <summary>
    /// The weights and priorities of the group's origins. The edge does not read this list. The program that starts the instances applies
    /// the n-th entry to the n-th instance. If there are more instances than entries, the last entry also applies to the remaining
    /// instances.
    /// </summary>
    public IReadOnlyList<Origin> Origins { get => field ?? []; init; }
}

/// <summary>The settings for distributing requests among the origins of a group and for deciding which origins are healthy.</summary>
public sealed record LoadBalancing
{
    /// <summary>
    /// The balancing policy, which applies only to the local edge. Front Door always selects by priority, then latency, then weight.
    /// </summary>
    public BalancingPolicy Policy { get; init; } = BalancingPolicy.LeastConnections;

    /// <summary>The number of most recent probes that determine the health of an origin.</summary>
    public int SampleSize { get; init; } = 4;

    /// <summary>
    /// The number of these probes that must have succeeded for the origin to be healthy. It is at most <see cref="SampleSize"/>. Probes
    /// that have not been sent yet count as successful, so that a new origin receives requests immediately.
    /// </summary>
    public int SuccessfulSamplesRequired { get; init; } = 3;

    /// <summary>
    /// The latency tolerance in milliseconds, which only Front Door uses. Front Door distributes requests by weight among all origins whose
    /// latency exceeds the lowest latency by at most this tolerance.
    /// </summary>
    public int AdditionalLatencyInMilliseconds { get; init; } = 1000;
}

/// <summary>
/// The settings of the probe requests that test an origin's health. A probe succeeds if the response has status 200, and fails otherwise.
/// </summary>
public sealed record HealthProbe
{
    public string Path { get; init; } = "/";

    /// <summary>The time between two probes. A rules file specifies it as an integer from 1 to 255 seconds.</summary>
    [JsonPropertyName("intervalInSeconds")]
    [JsonConverter(typeof(SecondsConverter))]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary><c>Http</c> or <c>Https</c>. Only Front Door uses this setting, because the local edge always uses plain HTTP.</summary>
    public string Protocol { get; init; } = "Https";

    /// <summary>The HTTP method, <c>GET</c> or <c>HEAD</c>.</summary>
    public string Method { get; init; } = "HEAD";
}

/// <summary>The settings of one origin within its group.</summary>
public sealed record Origin
{
    public required string Name { get; init; }

    /// <summary>The weight from 1 to 1000, relative to the other origins of the group.</summary>
    public required int Weight { get; init; }

    /// <summary>The priority from 1 to 5. Requests go only to the healthy origins with the lowest number.</summary>
    public required int Priority { get; init; }

    /// <summary>Whether the origin receives requests.</summary>
    public required bool Enabled { get; init; }
}

internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeSpan.FromSeconds(reader.GetInt32());

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(value.TotalSeconds);
}
