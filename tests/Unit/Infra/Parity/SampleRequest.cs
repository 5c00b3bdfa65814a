namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>A client's request to LocalCloud's edge and to Front Door. All requests use TLS, because plain HTTP is redirected.</summary>
internal sealed record SampleRequest
{
    /// <summary>The host name. Each sample has a different host so that samples do not share cache entries.</summary>
    public required string Host { get; init; }

    public required string Method { get; init; }

    /// <summary>The path and the query string, exactly as sent.</summary>
    public required string Target { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The client's port. The port determines the bucket of a new client.</summary>
    public int Port { get; init; } = 50_000;

    public string Address { get; init; } = "192.0.2.1";

    /// <summary>The client's country as a two-letter code, or <c>ZZ</c> if the country is unknown.</summary>
    public string Country { get; init; } = SampleRequests.Nowhere;

    public string Path => Target.Split('?')[0];

    public string Query => Target.Contains('?', StringComparison.Ordinal) ? Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    public override string ToString() =>
        $"{Method} {Target} from {Address}:{Port} in {Country}{string.Concat(Headers.Select(header => $" [{header.Key}: {header.Value}]"))}";
}
