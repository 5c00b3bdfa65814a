using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// The result of applying the routes and rule sets to a request. Later middleware reads it from <see cref="HttpContext.Features"/>.
/// </summary>
internal sealed class EdgeDecision
{
    public required Route Route { get; init; }

    /// <summary>The name of the origin group to which the request is forwarded.</summary>
    public required string OriginGroup { get; set; }

    /// <summary>The cache configuration; null if the request does not use the cache.</summary>
    public CacheConfiguration? Cache { get; set; }

    /// <summary>The path of the request to the origin.</summary>
    public required PathString Path { get; set; }

    /// <summary>The changes to the headers of the response to the client.</summary>
    public List<HeaderChange> ResponseHeaders { get; } = [];

    /// <summary>The changes to the headers of the request to the origin.</summary>
    public List<HeaderChange> RequestHeaders { get; } = [];

    /// <summary>The redirect that the edge returns; null if the client is not redirected.</summary>
    public Redirection? Redirect { get; set; }

    internal sealed record Redirection(int Status, string Location);
}
