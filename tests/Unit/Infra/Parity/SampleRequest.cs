namespace ServerlessScale.Tests.Unit.Infra.Parity;

/// <summary>One request of a client, as both edges get to see it. All come over TLS, as Front Door sends the others there first.</summary>
internal sealed record SampleRequest
{
    /// <summary>Tells the cache entries of one sample from another's.</summary>
    public required string Host { get; init; }

    public required string Method { get; init; }

    /// <summary>Path and query as they are sent.</summary>
    public required string Target { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The client's port, which buckets are drawn by.</summary>
    public int Port { get; init; } = 50_000;

    public string Address { get; init; } = "192.0.2.1";

    /// <summary>Where the client is, two letters; <c>ZZ</c> where that is not known.</summary>
    public string Country { get; init; } = SampleRequests.Nowhere;

    public string Path => Target.Split('?')[0];

    public string Query => Target.Contains('?', StringComparison.Ordinal) ? Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => string.Equals(header.Key, name, StringComparison.OrdinalIgnoreCase)).Value;

    public override string ToString() =>
        $"{Method} {Target} from {Address}:{Port} in {Country}{string.Concat(Headers.Select(header => $" [{header.Key}: {header.Value}]"))}";
}
