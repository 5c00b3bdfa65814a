namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>The three headers of a delivery (Standard Webhooks 1.0.0, "Webhook headers").</summary>
/// <param name="Id">Of <see cref="IdName"/>: the same for every attempt, so that a receiver can drop duplicates.</param>
/// <param name="Timestamp">Of <see cref="TimestampName"/>: when this attempt was made, in Unix seconds.</param>
/// <param name="Signature">Of <see cref="SignatureName"/>: one signature or several, separated by a space.</param>
public sealed record WebhookHeaders(string Id, string Timestamp, string Signature)
{
    public const string IdName = "webhook-id";

    public const string TimestampName = "webhook-timestamp";

    public const string SignatureName = "webhook-signature";
}
