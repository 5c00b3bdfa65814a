using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Balancing;

/// <summary>How the edge spreads requests over the healthy instances; docs/scaling.md says which is best for what.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BalancingPolicy>))]
public enum BalancingPolicy
{
    /// <summary>Each in turn, whatever it costs.</summary>
    [JsonStringEnumMemberName("roundRobin")]
    RoundRobin,

    /// <summary>In turn by weight, spread as evenly as whole requests can be.</summary>
    [JsonStringEnumMemberName("weightedRoundRobin")]
    WeightedRoundRobin,

    /// <summary>The one with the fewest requests under way; equals in turn.</summary>
    [JsonStringEnumMemberName("leastConnections")]
    LeastConnections,

    /// <summary>The one that has the fewest requests under way for its weight, this request included; equals in turn.</summary>
    [JsonStringEnumMemberName("weightedLeastConnections")]
    WeightedLeastConnections,

    /// <summary>Two at random, and of these the one with fewer requests under way.</summary>
    [JsonStringEnumMemberName("powerOfTwoChoices")]
    PowerOfTwoChoices,
}
