using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>The data that is needed to build the request for one attempt.</summary>
public sealed record WebhookAttempt
{
    /// <summary>The endpoint's URL. The sender checks it again, because settings may have changed since the endpoint was created.</summary>
    public required Uri Url { get; init; }

    /// <summary>The <c>webhook-id</c>, in the format that <see cref="WebhookSignature.Headers"/> describes.</summary>
    public required string MessageId { get; init; }

    /// <summary>The payload as JSON in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required SigningKeys Keys { get; init; }

    /// <summary>The headers that the customer has added to the endpoint, validated when they were added.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}

/// <summary>
/// Sends one signed request per attempt and enforces a deadline. Connects only to addresses that <see cref="ConnectGuard"/> allows. Reads
/// only the status, the headers and the start of the body of the response. A process should create only one sender, because each sender has
/// its own connection pool.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    public const string UserAgent = "ServerlessScale-Webhooks/1";

    /// <summary>The source of the spans of attempts.</summary>
    public const string SourceName = "ServerlessScale.Webhooks";

    private const string TraceParentName = "traceparent";

    private static readonly ActivitySource Source = new(SourceName);

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _client;

    private readonly WebhookSenderOptions _limits;

    private readonly WebhookUrlOptions _urls;

    private readonly TimeProvider _time;

    /// <param name="trust">The certificate authorities to trust; null for the system's authorities.</param>
    public WebhookSender(
        ResolveAsync resolve,
        IOptions<WebhookSenderOptions> limits,
        IOptions<WebhookUrlOptions> urls,
        TimeProvider time,
        X509Certificate2Collection? trust = null)
    {
        (_limits, _urls, _time) = (limits.Value, urls.Value, time);
        var guard = new ConnectGuard(resolve, _urls.AllowPrivateNetworks, time);
        _client = new HttpMessageInvoker(Handler(guard, _limits, trust));
    }

    /// <returns>The result. Every failure of the receiver or the network is returned as a result, not thrown as an exception.</returns>
    /// <exception cref="ArgumentException">The message id cannot be signed.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled, so the outcome of the attempt is unknown.
    /// </exception>
    public async Task<AttemptResult> SendAsync(WebhookAttempt attempt, CancellationToken cancellationToken)
    {
        var at = _time.GetUtcNow();
        var started = _time.GetTimestamp();
        AttemptResult Result() => new() { At = at, Duration = _time.GetElapsedTime(started) };
        if (!WebhookUrl.Check(attempt.Url.OriginalString, _urls).Succeeded(out var url, out var problem))
        {
            return Result() with { Error = AttemptError.AddressRefused, ErrorDetail = problem.Detail };
        }

        var mask = new CredentialMask(attempt.Headers);
        using var span = StartSpan(url);
        using var request = Request(url, attempt, at, _limits.SendTraceContext);
        // One deadline covers the entire attempt, so a receiver cannot prolong the attempt by sending single bytes.
        using var deadline = new CancellationTokenSource(_limits.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(request, either.Token);
            var start = await ReadStartAsync(response.Content, either.Token, cancellationToken);
            EndSpan(span, (int)response.StatusCode);
            return Result() with
            {
                Status = (int)response.StatusCode,
                ResponseStart = mask.Apply(start),
                ResponseHeaders = RecordedHeaders.Of(response, mask),
                RetryAfter = RetryAfter(response.Headers.RetryAfter),
            };
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && AttemptFailure.Of(failure, _limits) is { } known)
        {
            span?.SetTag("error.type", known.Error.ToString()).SetStatus(ActivityStatusCode.Error);
            return Result() with { Error = known.Error, ErrorDetail = mask.Apply(known.Detail) };
        }
    }

    public void Dispose() => _client.Dispose();

    private static SocketsHttpHandler Handler(ConnectGuard guard, WebhookSenderOptions limits, X509Certificate2Collection? trust)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = guard.ConnectAsync,
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            // The handler would send our trace ids and baggage to every receiver, and would record the path of its URL, which may contain a
            // credential. The sender therefore adds the header and records the span itself.
            ActivityHeadersPropagator = null,
            // A pooled connection outlives the attempt that opened it, so connecting needs a time limit of its own.
            ConnectTimeout = limits.Timeout,
            MaxConnectionsPerServer = limits.MaxConnectionsPerReceiver,
            MaxResponseHeadersLength = 16,
            // Draining a response is cheaper than opening a new connection, if only a little of the response remains (`bench -- webhooks`).
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            // A receiver may move to another address. For each new connection, the name is resolved and the addresses are checked again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            // Without pings, one dead HTTP/2 connection would fail every attempt to its receiver.
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingDelay = TimeSpan.FromSeconds(10),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
        };
        if (trust is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(trust);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }

    /// <summary>
    /// Starts the span of an attempt, with the names of OpenTelemetry's semantic conventions for HTTP. It omits <c>url.full</c>, because the
    /// path and the query may contain the receiver's credentials.
    /// </summary>
    private static Activity? StartSpan(Uri url) => Source.StartActivity("POST", ActivityKind.Client)?
        .SetTag("http.request.method", "POST")
        .SetTag("server.address", url.Host)
        .SetTag("server.port", url.Port)
        .SetTag("url.scheme", url.Scheme);

    private static void EndSpan(Activity? span, int status)
    {
        span?.SetTag("http.response.status_code", status);
        if (status >= 400)
        {
            span?.SetTag("error.type", status.ToString(CultureInfo.InvariantCulture)).SetStatus(ActivityStatusCode.Error);
        }
    }

    private static HttpRequestMessage Request(Uri url, WebhookAttempt attempt, DateTimeOffset at, bool sendTraceContext)
    {
        var headers = WebhookSignature.Headers(attempt.Keys, attempt.MessageId, at, attempt.Body.Span);
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ReadOnlyMemoryContent(attempt.Body) { Headers = { ContentType = Json } },
        };
        // Our own code builds these values from valid characters, so validating them is unnecessary.
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.IdName, headers.Id);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.TimestampName, headers.Timestamp);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.SignatureName, headers.Signature);
        foreach (var (name, value) in attempt.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        // A header that the customer has added has priority.
        if (sendTraceContext && Activity.Current is { IdFormat: ActivityIdFormat.W3C } span && !request.Headers.Contains(TraceParentName))
        {
            request.Headers.TryAddWithoutValidation(TraceParentName, span.Id);
        }

        return request;
    }

    /// <summary>
    /// Reads the start of the body. A body that cannot be read causes no error, because the status alone decides the outcome.
    /// </summary>
    private async Task<string> ReadStartAsync(HttpContent content, CancellationToken deadline, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength == 0)
        {
            return "";
        }

        using var patience = new CancellationTokenSource(_limits.AnswerPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, deadline);
        var start = new ResponseStart();
        try
        {
            await start.ReadAsync(content, either.Token);
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return start.Text;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - _time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}

/// <summary>The start of a response body, decoded as text for the customer.</summary>
internal sealed class ResponseStart
{
    private const int MaxBytes = 1024;

    private readonly byte[] _bytes = new byte[MaxBytes];

    private int _length;

    /// <summary>The text that has been read so far, even if <see cref="ReadAsync"/> has failed.</summary>
    public string Text
    {
        get
        {
            var decoder = Encoding.UTF8.GetDecoder();
            var text = new char[MaxBytes];
            // The limit may split a character. Without a flush, the decoder omits an incomplete character at the end instead of replacing
            // it.
            var count = decoder.GetChars(_bytes, 0, _length, text, 0, flush: _length < MaxBytes);
            return new string(text, 0, count);
        }
    }

    public async Task ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        while (_length < MaxBytes)
        {
            var read = await body.ReadAsync(_bytes.AsMemory(_length), cancellationToken);
            if (read == 0)
            {
                return;
            }

            _length += read;
        }
    }
}
