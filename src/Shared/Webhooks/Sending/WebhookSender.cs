using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>
/// Sends one attempt: signed, within a deadline, to a public address, reading no more of the answer than is kept. One instance serves
/// the whole process, as it holds the connections.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    public const string UserAgent = "ServerlessScale-Webhooks/1";

    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _client;

    private readonly WebhookSenderOptions _limits;

    private readonly WebhookUrlOptions _urls;

    private readonly TimeProvider _time;

    /// <param name="trust">Certificate authorities to trust instead of the system's; null trusts the system's.</param>
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

    /// <returns>What came of it; a receiver's every fault is a result.</returns>
    /// <exception cref="ArgumentException">The message id cannot be signed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled: nothing is known about the attempt.</exception>
    public async Task<AttemptResult> SendAsync(WebhookAttempt attempt, CancellationToken cancellationToken)
    {
        var at = _time.GetUtcNow();
        var started = _time.GetTimestamp();
        AttemptResult Result() => new() { At = at, Duration = _time.GetElapsedTime(started) };
        if (!WebhookUrl.Check(attempt.Url.OriginalString, _urls).Succeeded(out var url, out var problem))
        {
            return Result() with { Error = AttemptError.AddressRefused, ErrorDetail = problem.Detail };
        }

        using var request = Request(url, attempt, at);
        // One clock for all of it: a receiver that sends a byte now and then gains no time.
        using var deadline = new CancellationTokenSource(_limits.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(request, either.Token);
            var answer = await AnswerAsync(response.Content, either.Token, cancellationToken);
            return Result() with
            {
                Status = (int)response.StatusCode,
                Answer = answer,
                RetryAfter = RetryAfter(response.Headers.RetryAfter),
            };
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && AttemptFailure.Of(failure, _limits) is { } known)
        {
            return Result() with { Error = known.Error, ErrorDetail = known.Detail };
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
            // Trace ids are nothing for strangers.
            ActivityHeadersPropagator = null,
            // The connection outlives the attempt that asked for it, so it needs an end of its own.
            ConnectTimeout = limits.Timeout,
            MaxConnectionsPerServer = limits.MaxConnectionsPerReceiver,
            MaxResponseHeadersLength = 16,
            // Reading on over a small rest is cheaper than a new connection (measured by `bench -- webhooks`), over a large one it is not.
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            // Receivers move; the name is looked up, and its addresses checked, again.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            // One dead HTTP/2 connection would otherwise take every attempt to its receiver along.
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

    private static HttpRequestMessage Request(Uri url, WebhookAttempt attempt, DateTimeOffset at)
    {
        var headers = WebhookSignature.Headers(attempt.Keys, attempt.MessageId, at, attempt.Body.Span);
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new ReadOnlyMemoryContent(attempt.Body) { Headers = { ContentType = Json } },
        };
        // All of them are our own text, of known characters.
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.IdName, headers.Id);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.TimestampName, headers.Timestamp);
        request.Headers.TryAddWithoutValidation(WebhookHeaders.SignatureName, headers.Signature);
        return request;
    }

    /// <summary>As much of the body as came: the status has decided already, so its faults change nothing.</summary>
    private async Task<string> AnswerAsync(HttpContent content, CancellationToken deadline, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength == 0)
        {
            return "";
        }

        using var patience = new CancellationTokenSource(_limits.AnswerPatience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, deadline);
        var start = new AnswerStart();
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
