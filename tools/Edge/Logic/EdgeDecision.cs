using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>The result of routing and rule sets for one request. Later steps of the pipeline find it among the request's features.</summary>
internal sealed class EdgeDecision
{
    public required Route Route { get; init; }

    /// <summary>The name of the origin group that the request goes to.</summary>
    public required string OriginGroup { get; set; }

    /// <summary>Null when the cache neither serves nor stores the response.</summary>
    public CacheConfiguration? Cache { get; set; }

    /// <summary>The path of the request to the origin.</summary>
    public required PathString Path { get; set; }

    /// <summary>Changes to the headers of the response to the client.</summary>
    public List<HeaderChange> ResponseHeaders { get; } = [];

    /// <summary>Changes to the headers of the request to the origin.</summary>
    public List<HeaderChange> RequestHeaders { get; } = [];

    /// <summary>The redirect to respond with; null when the request is forwarded.</summary>
    public Redirection? Redirect { get; set; }

    internal sealed record Redirection(int Status, string Location);
}
