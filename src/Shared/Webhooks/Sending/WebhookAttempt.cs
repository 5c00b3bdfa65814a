namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>What is to be sent, once.</summary>
public sealed record WebhookAttempt
{
    /// <summary>As <see cref="WebhookUrl.Check"/> accepted it; it is checked again, since settings change.</summary>
    public required Uri Url { get; init; }

    /// <summary>The <c>webhook-id</c>: see <see cref="WebhookSignature.Headers"/>.</summary>
    public required string MessageId { get; init; }

    /// <summary>JSON in UTF-8.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required SigningKeys Keys { get; init; }
}
