using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Edge.Responses;

/// <summary>A response that the edge has sent to a client.</summary>
/// <param name="Source">The way in which the edge obtained the response.</param>
/// <param name="Status">The HTTP status.</param>
public readonly record struct EdgeResponse(ResponseSource Source, int Status)
{
    /// <summary>Calls <paramref name="report"/> when the response has been sent completely.</summary>
    internal static void Report(HttpContext context, Action<EdgeResponse> report) => context.Response.OnCompleted(() =>
    {
        report(new(CacheStatus.SourceOf(context.Response), context.Response.StatusCode));
        return Task.CompletedTask;
    });
}

/// <summary>The ways in which the edge obtains a response.</summary>
public enum ResponseSource
{
    /// <summary>The cache contained the response.</summary>
    Cache,

    /// <summary>The cache did not contain the response, so that the edge fetched it from an origin.</summary>
    Fetch,

    /// <summary>The request waited for the response that the edge fetched for another request.</summary>
    SharedFetch,

    /// <summary>The request may not be served from the cache, so that an origin responded.</summary>
    Origin,

    /// <summary>The edge itself responded, because of a rule or because the path has no route.</summary>
    Edge,
}
