using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Edge.Logic;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// One request to an origin that belongs to no client: it goes on when the first one leaves, and carries nothing of a client but what
/// the cache key holds, so that nobody's headers can shape what others get.
/// </summary>
internal sealed class OriginFetch : IDisposable
{
    /// <summary>Front Door gets larger files in pieces of this size; here they are passed through.</summary>
    public const int LargestAnswer = 8 * 1024 * 1024;

    private readonly DefaultHttpContext _context;
    private readonly AnswerBuffer _buffer = new(LargestAnswer);

    /// <param name="key">What to ask for.</param>
    /// <param name="client">The request that is the first to need it; not used after this call.</param>
    /// <param name="services">The server's, which outlive every request.</param>
    /// <param name="cancellation">For when nobody waits any more.</param>
    public OriginFetch(CacheKey key, HttpContext client, IServiceProvider services, CancellationTokenSource cancellation)
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
            Headers = HeadersOf(key, client, decision),
        });
        features.Set<IHttpRequestBodyDetectionFeature>(new NoBody());
        features.Set<IHttpRequestLifetimeFeature>(new Lifetime(cancellation));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = IPAddress.Loopback });
        features.Set<IHttpResponseFeature>(new ResponseIn(_buffer));
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_buffer));
        features.Set(decision);
        _context = new DefaultHttpContext(features) { RequestServices = services };
        _context.SetEndpoint(client.GetEndpoint());
        foreach (var (name, value) in client.Request.RouteValues)
        {
            _context.Request.RouteValues[name] = value;
        }
    }

    /// <param name="origin">The forwarder.</param>
    /// <returns>Null when there is no whole answer.</returns>
    public async Task<FetchedAnswer?> RunAsync(RequestDelegate origin)
    {
        await origin(_context);
        var response = _context.Response;
        var isCut = _context.GetForwarderErrorFeature() is not null && response.HasStarted && response.StatusCode < StatusCodes.Status500InternalServerError;
        return _buffer.Overflowed || isCut || response.ContentLength is { } length && length != _buffer.Length
            ? null
            : new(response.StatusCode, response.Headers, _buffer.ToArray());
    }

    /// <summary>Whether there was an answer, which would not fit.</summary>
    public bool Overflowed => _buffer.Overflowed;

    public void Dispose() => _buffer.Dispose();

    private static HeaderDictionary HeadersOf(CacheKey key, HttpContext client, EdgeDecision decision)
    {
        var headers = new HeaderDictionary { [HeaderNames.Host] = key.Host };
        foreach (var name in ForwardedHeaders.OfEveryRequest)
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

        return headers;
    }

    /// <summary>Retries ask whether a body has been used up.</summary>
    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => false;
    }

    private sealed class Lifetime(CancellationTokenSource cancellation) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; } = cancellation.Token;

        public void Abort() => cancellation.Cancel();
    }

    private sealed class ResponseIn(AnswerBuffer buffer) : HttpResponseFeature
    {
        public override bool HasStarted => buffer.HasContent;
    }
}
