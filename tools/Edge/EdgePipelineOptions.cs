namespace ServerlessScale.Edge;

/// <summary>What the rules file does not say, since Front Door knows it by itself.</summary>
public sealed record EdgePipelineOptions
{
    /// <summary>What a purge must present as its bearer token.</summary>
    public required string PurgeToken { get; init; }

    /// <summary>Where every client is, two capital letters (ISO 3166-1); <c>ZZ</c> is nowhere known, as in Front Door.</summary>
    public string Country { get; init; } = "ZZ";

    /// <summary>The cache's memory, in bytes.</summary>
    public long CacheBytes { get; init; } = 256 * 1024 * 1024;

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
