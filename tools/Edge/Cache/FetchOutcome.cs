using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Cache;

/// <summary>The complete response of an origin, in memory.</summary>
internal sealed record FetchedResponse(int Status, IHeaderDictionary Headers, byte[] Body);

/// <summary>The outcome of a fetch that several requests may wait for.</summary>
internal abstract record FetchOutcome
{
    /// <summary>A response for all waiting requests.</summary>
    /// <param name="Response">The response.</param>
    /// <param name="IsStored">Whether this fetch put the response into the cache.</param>
    internal sealed record Shared(StoredResponse Response, bool IsStored) : FetchOutcome;

    /// <summary>A response that may be personal. Only the request that started the fetch gets it.</summary>
    /// <param name="Response">The response.</param>
    /// <param name="Reason">A keyword for the reason, for <c>Cache-Status</c>.</param>
    internal sealed record Unshared(FetchedResponse Response, string Reason) : FetchOutcome;

    /// <summary>The body exceeded the buffer and was discarded.</summary>
    internal sealed record TooLarge : FetchOutcome;

    /// <summary>The origin responded with a status of 500 or more, or not completely.</summary>
    /// <param name="Response">The response for the request that started the fetch; null when no complete response arrived.</param>
    internal sealed record Failed(FetchedResponse? Response) : FetchOutcome;
}
