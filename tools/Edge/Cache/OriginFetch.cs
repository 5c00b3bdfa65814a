using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Logic;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// A request to an origin on behalf of all clients that request the same key. The fetch continues if the client that started it
/// disconnects. It sends the components of the cache key, but no headers that differ between clients. Therefore, no client can influence
/// the response that other clients receive.
/// </summary>
internal sealed class OriginFetch : IDisposable
{
    /// <summary>
    /// The maximum size of a fetched body, in bytes. Front Door fetches larger files in chunks of this size. The local edge forwards them
    /// without caching.
    /// </summary>
    public const int LargestResponse = 8 * 1024 * 1024;

    private readonly DefaultHttpContext _context;
    private readonly ResponseBuffer _buffer = new(LargestResponse);

    /// <param name="key">The key to fetch.</param>
    /// <param name="client">The client's request that starts the fetch. It is not used after the constructor has returned.</param>
    /// <param name="services">The services of the server, which outlive the request.</param>
    /// <param name="cancellation">Cancels the fetch.</param>
    /// <param name="expired">
    /// The stored response whose validators the fetch sends. The origin responds with 304 if the response is still current. Null to fetch
    /// the complete response.
    /// </param>
    public OriginFetch(
        CacheKey key, HttpContext client, IServiceProvider services, CancellationTokenSource cancellation, StoredResponse? expired = null)
    {
        var decision = client.Features.Get<EdgeDecision>()!;
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            Scheme = client.Request.Scheme,
            Protocol = HttpProtocol.Http11,
            Path = key.Path,
            QueryString = key.Query,
            Headers = HeadersOf(key, client, decision, expired),
        });
        features.Set<IHttpRequestBodyDetectionFeature>(new NoBody());
        features.Set<IHttpRequestLifetimeFeature>(new Lifetime(cancellation));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback });
        features.Set<IHttpResponseFeature>(new BufferedResponse(_buffer));
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_buffer));
        features.Set(decision);
        _context = new DefaultHttpContext(features) { RequestServices = services };
        _context.SetEndpoint(client.GetEndpoint());
        foreach (var (name, value) in client.Request.RouteValues)
        {
            _context.Request.RouteValues[name] = value;
        }
    }

    /// <param name="forward">The remaining pipeline, which forwards the request.</param>
    /// <returns>The response; null if no complete response arrived.</returns>
    public async Task<FetchedResponse?> RunAsync(RequestDelegate forward)
    {
        await forward(_context);
        var response = _context.Response;
        var isCut = _context.GetForwarderErrorFeature() is not null && response.HasStarted && response.StatusCode < StatusCodes.Status500InternalServerError;

        // The length in a 304 response is the length that the complete response would have (RFC 9110 section 8.6).
        var isShort = response.StatusCode != StatusCodes.Status304NotModified && response.ContentLength is { } length && length != _buffer.Length;
        return _buffer.Overflowed || isCut || isShort
            ? null
            : new(response.StatusCode, response.Headers, _buffer.ToArray());
    }

    /// <summary>Whether the response was larger than <see cref="LargestResponse"/>.</summary>
    public bool Overflowed => _buffer.Overflowed;

    public void Dispose() => _buffer.Dispose();

    private static HeaderDictionary HeadersOf(CacheKey key, HttpContext client, EdgeDecision decision, StoredResponse? expired)
    {
        var headers = new HeaderDictionary { [HeaderNames.Host] = key.Host };
        foreach (var name in ForwardedHeaders.CommonToAllClients)
        {
            if (client.Request.Headers.TryGetValue(name, out var value))
            {
                headers[name] = value;
            }
        }

        foreach (var change in decision.RequestHeaders)
        {
            change.Apply(headers);
        }

        if (expired is not null)
        {
            // Both validators are sent if the response has both (RFC 9111 section 4.3.1).
            headers[HeaderNames.IfNoneMatch] = expired.Headers.ETag;
            headers[HeaderNames.IfModifiedSince] = expired.Headers.LastModified;
        }

        return headers;
    }

    /// <summary>Tells the retry logic that the request has no body and may therefore be sent again.</summary>
    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => false;
    }

    private sealed class Lifetime(CancellationTokenSource cancellation) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; } = cancellation.Token;

        public void Abort() => cancellation.Cancel();
    }

    private sealed class BufferedResponse(ResponseBuffer buffer) : HttpResponseFeature
    {
        public override bool HasStarted => buffer.HasContent;
    }
}
