using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Edge.Forwarding;
using ServerlessScale.Edge.Responses;

namespace ServerlessScale.Edge;

/// <summary>
/// The edge's settings that are not in the rules file. They depend on the machine or on the program that starts the edge, or are values
/// that Front Door sets itself.
/// </summary>
public sealed record EdgeOptions
{
    private const int PurgeTokenBytes = 32;

    /// <summary>The HTTP port on the loopback interface. The default, 0, selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The country that all clients are assumed to be in, as two capital letters (ISO 3166-1). The default is <c>ZZ</c>, Front Door's code
    /// for an unknown country.
    /// </summary>
    public string Country { get; init; } = "ZZ";

    /// <summary>The bearer token that a purge must present. The default is a new random token.</summary>
    public string PurgeToken { get; init; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(PurgeTokenBytes));

    /// <summary>
    /// The memory that the cache may use for responses, keys, headers and its own objects, in bytes. The default is 256 MB.
    /// </summary>
    public long CacheBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>The maximum number of responses in the cache. The default is 100,000.</summary>
    public int CacheEntries { get; init; } = 100_000;

    /// <summary>
    /// The maximum time that a request waits for a fetch that another request has started. When it has passed, the request causes a fetch of
    /// its own, which may go to another origin. The default is 5 s.
    /// </summary>
    public TimeSpan CollapsedWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The time limit for a client to send the request line and the headers. When it has passed, the edge closes the connection, so that
    /// slow clients cannot occupy all connections. The default is 10 s.
    /// </summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum time without data from an origin. When it has passed, the edge responds with 504. The default, null, selects the time in
    /// the rules file.
    /// </summary>
    public TimeSpan? ActivityTimeout { get; init; }

    /// <summary>
    /// The maximum time that a request waits when its origin group has no origin. With the default, zero, the edge responds with 503
    /// immediately.
    /// </summary>
    public TimeSpan ColdStartPatience { get; init; }

    /// <summary>
    /// The maximum number of requests that wait for the first origin of one group at the same time. Further requests receive 503. The
    /// default is 1,000.
    /// </summary>
    public int MaxWaiting { get; init; } = 1_000;

    /// <summary>The maximum time to wait for the response to a probe. The default is 2 s.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The time for which an origin may leave requests without the first byte of a response before the edge probes it. If the probe fails as
    /// well, the origin is treated as hung. Requests that may be repeated are sent to another origin, and three waiting requests eject the
    /// origin. A slow response from an origin that responds to its probe is not affected. The default is 2 s.
    /// </summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The number of consecutive responses with status 502, 503 or 504 after which an origin is ejected. The default, 0, never ejects an
    /// origin because of its responses, because a client could cause such responses on purpose. Envoy calls this setting
    /// <c>consecutive_gateway_failure</c>, and does not enforce it by default either.
    /// </summary>
    public int GatewayErrorsUntilEjection { get; init; }

    /// <summary>
    /// The percentage of healthy origins below which all origins of the group receive requests. With the default, 0, this happens only when
    /// no origin is healthy, as in Front Door. Envoy's default is 50.
    /// </summary>
    public int PanicThreshold { get; init; }

    /// <summary>
    /// The time during which a new origin's share of the requests grows from a tenth to its full share. The default, zero, gives it the full
    /// share immediately, as Front Door does.
    /// </summary>
    public TimeSpan SlowStart { get; init; }

    /// <summary>The time for which an origin receives no requests after deliveries to it have failed. The default is 2 s.</summary>
    public TimeSpan EjectionTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Middleware that receives each request before the purge API and the rules, and passes on the requests that it does not handle itself.
    /// The edge does not count the requests that it handles. The default, null, adds none.
    /// </summary>
    public Func<HttpContext, RequestDelegate, Task>? BeforeRules { get; init; }

    /// <summary>Called on any thread after each attempt to deliver a request to an origin. Probes are not reported. The default is null.</summary>
    public Action<Delivery>? OnDelivery { get; init; }

    /// <summary>Called on any thread after each response to a client, including those from the cache. The default is null.</summary>
    public Action<EdgeResponse>? OnResponse { get; init; }

    /// <summary>The clock for the cache and the rate limits. The default is the system clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
