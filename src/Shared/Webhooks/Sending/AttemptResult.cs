namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>What came of one attempt.</summary>
public sealed record AttemptResult
{
    /// <summary>When it began, UTC; also its <c>webhook-timestamp</c>.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>From the beginning to the end of what was read of the answer.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>Not <see cref="AttemptError.None"/> exactly when <see cref="Status"/> is null.</summary>
    public AttemptError Error { get; init; }

    /// <summary>The error in words for the owner of the endpoint; null when there is none.</summary>
    public string? ErrorDetail { get; init; }

    /// <summary>The first 1,024 bytes of the answer's body, read as UTF-8 with U+FFFD for what is none.</summary>
    public string Answer { get; init; } = "";

    /// <summary>How long the receiver asked us to wait (<c>Retry-After</c>, RFC 9110 section 10.2.3), never negative; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool Succeeded => Status is >= 200 and <= 299;
}
