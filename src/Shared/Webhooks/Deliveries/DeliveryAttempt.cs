namespace ServerlessScale.Shared.Webhooks.Deliveries;

/// <summary>One request to a receiver, as its customer sees it.</summary>
/// <param name="At">When it began, UTC.</param>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="Error">What went wrong, as a stable code and a sentence; null when the answer was 2xx.</param>
/// <param name="Answer">The beginning of the answer's body.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, int? Status, double DurationMs, string? Error, string? Answer);
