using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Cache;

/// <summary>A complete response from an origin, held in memory.</summary>
internal sealed record FetchedResponse(int Status, IHeaderDictionary Headers, byte[] Body);

/// <summary>The outcome of a fetch that several requests may wait for.</summary>
internal abstract record FetchOutcome
{
    /// <summary>A response that all waiting requests receive.</summary>
    /// <param name="Response">The response.</param>
    /// <param name="IsStored">Whether this fetch stored the response in the cache.</param>
    /// <param name="Origin">How the fetch obtained the response.</param>
    internal sealed record Shared(StoredResponse Response, bool IsStored, Source Origin = Source.Origin) : FetchOutcome;

    /// <summary>A response that may be personal. Only the request that started the fetch receives it.</summary>
    /// <param name="Response">The response.</param>
    /// <param name="Reason">A keyword for <c>Cache-Status</c> that states why the response cannot be shared.</param>
    internal sealed record Unshared(FetchedResponse Response, string Reason) : FetchOutcome;

    /// <summary>The body was larger than the buffer and was discarded.</summary>
    internal sealed record TooLarge : FetchOutcome;

    /// <summary>The origin returned a status of 500 or higher, or no complete response.</summary>
    /// <param name="Response">The response for the request that started the fetch; null if no complete response arrived.</param>
    internal sealed record Failed(FetchedResponse? Response) : FetchOutcome;

    internal enum Source
    {
        /// <summary>The origin sent the response.</summary>
        Origin,

        /// <summary>The origin confirmed with 304 that the stored response is current.</summary>
        Validation,

        /// <summary>The stored response has expired, but no origin responded.</summary>
        ExpiredResponse,
    }
}
