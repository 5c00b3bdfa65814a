namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>What deliveries to one endpoint are signed with.</summary>
public abstract record SigningKeys
{
    private SigningKeys()
    {
    }

    public abstract SignatureKind Kind { get; }

    /// <summary>Signatures <c>v1</c>: the endpoint's secret and, while one is being replaced, the secret before it.</summary>
    /// <param name="Current">The secret that was shown last.</param>
    /// <param name="Previous">The secret before; null when there is none.</param>
    /// <param name="PreviousUntil">From this time on only <paramref name="Current"/> signs; null ends the use of the previous one at once.</param>
    public sealed record Secrets(WebhookSecret Current, WebhookSecret? Previous = null, DateTimeOffset? PreviousUntil = null) : SigningKeys
    {
        public override SignatureKind Kind => SignatureKind.V1;
    }

    /// <summary>Signatures <c>v1a</c>: every key of the service signs.</summary>
    public sealed record KeyPairs(WebhookKeySet KeySet) : SigningKeys
    {
        public override SignatureKind Kind => SignatureKind.V1a;
    }
}
