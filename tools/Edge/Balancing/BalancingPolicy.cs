using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Balancing;

/// <summary>A policy that distributes requests among the available origins of a group. docs/scaling.md compares the policies.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BalancingPolicy>))]
public enum BalancingPolicy
{
    /// <summary>Picks the origins in turn. The cost of the requests does not matter.</summary>
    [JsonStringEnumMemberName("roundRobin")]
    RoundRobin,

    /// <summary>
    /// Picks each origin in proportion to its weight. The number of requests that an origin has received always differs from its exact
    /// share by less than one.
    /// </summary>
    [JsonStringEnumMemberName("weightedRoundRobin")]
    WeightedRoundRobin,

    /// <summary>Picks the origin with the fewest requests in progress. Tied origins are picked in turn.</summary>
    [JsonStringEnumMemberName("leastConnections")]
    LeastConnections,

    /// <summary>
    /// Picks the origin with the largest weight / (requests in progress + 1), where the 1 is the new request. Tied origins and idle origins
    /// are picked in proportion to their weights.
    /// </summary>
    [JsonStringEnumMemberName("weightedLeastConnections")]
    WeightedLeastConnections,

    /// <summary>Chooses two origins at random and picks the origin with fewer requests in progress.</summary>
    [JsonStringEnumMemberName("powerOfTwoChoices")]
    PowerOfTwoChoices,
}
