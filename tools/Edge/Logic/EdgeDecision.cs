using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Rules;

namespace ServerlessScale.Edge.Logic;

/// <summary>What route and rules make of a request. The forwarder finds it in the request's features.</summary>
internal sealed class EdgeDecision
{
    public required Route Route { get; init; }

    /// <summary>The name of the origin group that the request goes to.</summary>
    public required string OriginGroup { get; set; }

    /// <summary>Null: neither looked for in the cache nor kept there.</summary>
    public CacheConfiguration? Cache { get; set; }

    /// <summary>The path that the origin is asked for.</summary>
    public required PathString Path { get; set; }

    /// <summary>Done to what the client is answered.</summary>
    public List<HeaderChange> ResponseHeaders { get; } = [];

    /// <summary>Done to what the origin is sent.</summary>
    public List<HeaderChange> RequestHeaders { get; } = [];

    /// <summary>The client is sent elsewhere, and no origin asked.</summary>
    public Redirection? Redirect { get; set; }

    internal sealed record Redirection(int Status, string Location);
}
