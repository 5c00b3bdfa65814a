namespace ServerlessScale.Shared.Webhooks;

/// <summary>Settings <c>Webhooks:*</c> of endpoints and their deliveries; those of the sending itself are beside it.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    /// <summary>
    /// Seals endpoints' secrets: base64 of 32 bytes, the same for all instances. Required outside development, where it is derived from
    /// the development key. Without it no endpoint can be signed for any more, so keep it as long as there are endpoints.
    /// </summary>
    public string EncryptionKey { get; set; } = "";

    /// <summary>The key before, base64 of 32 bytes, until every secret was rotated; empty when there was none.</summary>
    public string PreviousEncryptionKey { get; set; } = "";

    /// <summary>How many endpoints a customer may have. 1 to 500, default 50.</summary>
    public int MaxEndpoints { get; set; } = 50;

    /// <summary>
    /// How many attempts may be made to one endpoint at a time, by one instance. 1 to 100, default 4.
    /// </summary>
    public int MaxConcurrency { get; set; } = 4;

    /// <summary>
    /// How many attempts that have taken longer than <see cref="SlotTime"/> may go on beside the queue's slots, in one instance; past it
    /// they hold their slot. 0 to 1000, default 64.
    /// </summary>
    public int MaxDetached { get; set; } = 64;

    /// <summary>
    /// How long an attempt holds the queue's slot before it goes on beside it. 10 milliseconds to 15 seconds, default 250 milliseconds:
    /// receivers that are well answer sooner.
    /// </summary>
    public TimeSpan SlotTime { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How many attempts in a row must find the endpoint unreachable for its circuit breaker to open. 1 to 100, default 5.</summary>
    public int BreakerThreshold { get; set; } = 5;

    /// <summary>
    /// How long the circuit breaker stays open at first; each failed try doubles it, up to 5 minutes. 1 second to 5 minutes, default 10
    /// seconds.
    /// </summary>
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(10);
}
