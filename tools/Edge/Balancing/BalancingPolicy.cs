using System.Text.Json.Serialization;

namespace ServerlessScale.Edge.Balancing;

/// <summary>A policy that distributes requests over the available origins of a group. docs/scaling.md compares the policies.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BalancingPolicy>))]
public enum BalancingPolicy
{
    /// <summary>Picks the origins in turn, regardless of the cost of their requests.</summary>
    [JsonStringEnumMemberName("roundRobin")]
    RoundRobin,

    /// <summary>
    /// Picks each origin in proportion to its weight. No origin is ever a full request ahead of or behind its exact share.
    /// </summary>
    [JsonStringEnumMemberName("weightedRoundRobin")]
    WeightedRoundRobin,

    /// <summary>Picks the origin with the fewest requests in progress. Tied origins are picked in turn.</summary>
    [JsonStringEnumMemberName("leastConnections")]
    LeastConnections,

    /// <summary>
    /// Picks the origin with the smallest ratio of requests in progress to weight, including the new request. Tied origins are picked in
    /// turn.
    /// </summary>
    [JsonStringEnumMemberName("weightedLeastConnections")]
    WeightedLeastConnections,

    /// <summary>Chooses two origins at random and picks the origin with fewer requests in progress.</summary>
    [JsonStringEnumMemberName("powerOfTwoChoices")]
    PowerOfTwoChoices,
}
