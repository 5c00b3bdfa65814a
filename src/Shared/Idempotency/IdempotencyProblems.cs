using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Idempotency;

/// <summary>The problems that a valid idempotency key can cause. The codes are part of the HTTP contract.</summary>
public static class IdempotencyProblems
{
    public static Problem KeyReused() => new(
        422, "idempotency-key-reused", "The idempotency key was used for another request",
        "A request with another body or for another operation was sent with this key. Send a new key for a new operation.")
    {
        Pointer = IdempotencyKey.HeaderName,
    };

    public static Problem InFlight() => new(
        409, "idempotency-in-flight", "Another request with this key is in progress",
        "Send the same request again in a moment. You will then get the response to the first request.")
    {
        Pointer = IdempotencyKey.HeaderName,
        RetryAfterSeconds = 1,
    };
}
