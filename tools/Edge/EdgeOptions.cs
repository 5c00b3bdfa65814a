using System.Security.Cryptography;

namespace ServerlessScale.Edge;

/// <summary>
/// What the rules file does not contain: settings of the machine and of the program that starts the edge, and values that Front Door
/// determines by itself.
/// </summary>
public sealed record EdgeOptions
{
    private const int PurgeTokenBytes = 32;

    /// <summary>The HTTP port on the loopback interface. The default, 0, takes a free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// The country that all clients are assumed to be in, two capital letters (ISO 3166-1). The default is <c>ZZ</c>, Front Door's code for an
    /// unknown country.
    /// </summary>
    public string Country { get; init; } = "ZZ";

    /// <summary>The bearer token that a purge must present. The default is a new random token.</summary>
    public string PurgeToken { get; init; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(PurgeTokenBytes));

    /// <summary>The memory that the cache may use, in bytes. The default is 256 MB.</summary>
    public long CacheBytes { get; init; } = 256 * 1024 * 1024;

    /// <summary>
    /// How long a client may take to send the request line and the headers. The connection is closed after that, because slow clients
    /// could otherwise occupy all connections. The default is 10 s.
    /// </summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an origin may send nothing before the edge responds with 504. The default is 240 s.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(240);

    /// <summary>
    /// How long a request waits for the first origin while its group has none. With the default, zero, the edge responds with 503 at once.
    /// </summary>
    public TimeSpan ColdStartPatience { get; init; }

    /// <summary>
    /// How many requests of one group may wait for its first origin at the same time. Further requests get 503. The default is 1,000.
    /// </summary>
    public int MaxWaiting { get; init; } = 1_000;

    /// <summary>How long a probe may take before it counts as failed. The default is 2 s.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long an origin gets no requests after requests could not be delivered to it. The default is 2 s.</summary>
    public TimeSpan EjectionTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock of the cache and of the rate limits. The default is the system's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
