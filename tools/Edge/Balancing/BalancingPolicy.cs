using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Balancing;

/// <summary>How the edge distributes requests over the available origins of a group. docs/scaling.md compares the policies.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BalancingPolicy>))]
public enum BalancingPolicy
{
    /// <summary>Each origin in turn, whatever its requests cost.</summary>
    [JsonStringEnumMemberName("roundRobin")]
    RoundRobin,

    /// <summary>Each origin in proportion to its weight, as evenly as possible: no origin is ever a whole request off its share.</summary>
    [JsonStringEnumMemberName("weightedRoundRobin")]
    WeightedRoundRobin,

    /// <summary>The origin with the fewest requests in progress. Ties are broken in turn.</summary>
    [JsonStringEnumMemberName("leastConnections")]
    LeastConnections,

    /// <summary>The origin that would have the fewest requests in progress per weight, including this request. Ties are broken in turn.</summary>
    [JsonStringEnumMemberName("weightedLeastConnections")]
    WeightedLeastConnections,

    /// <summary>Of two origins chosen at random, the one with fewer requests in progress.</summary>
    [JsonStringEnumMemberName("powerOfTwoChoices")]
    PowerOfTwoChoices,
}
