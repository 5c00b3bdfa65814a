namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>The result of one attempt.</summary>
public sealed record AttemptResult
{
    /// <summary>When the attempt began, UTC. The request carries the same time as <c>webhook-timestamp</c>.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The time from the start of the request until the last byte that was read of the response.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The HTTP status; null when no response came.</summary>
    public int? Status { get; init; }

    /// <summary>Why no response came; <see cref="AttemptError.None"/> when <see cref="Status"/> is set.</summary>
    public AttemptError Error { get; init; }

    /// <summary>The error in words for the owner of the endpoint; null when there was no error.</summary>
    public string? ErrorDetail { get; init; }

    /// <summary>The first 1,024 bytes of the response's body, decoded as UTF-8 with U+FFFD in place of invalid bytes.</summary>
    public string ResponseStart { get; init; } = "";

    /// <summary>How long the receiver asked us to wait (<c>Retry-After</c>, RFC 9110 section 10.2.3), never negative; null without that header.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool Succeeded => Status is >= 200 and <= 299;
}
