namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>Settings <c>Webhooks:Sender:*</c>: what one attempt may take.</summary>
public sealed class WebhookSenderOptions
{
    public const string Section = "Webhooks:Sender";

    /// <summary>
    /// From the start of an attempt, name resolution included, to the end of the answer's headers. 100 milliseconds to 1 minute,
    /// default 15 seconds, which Standard Webhooks recommends at least.
    /// </summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long the start of the answer's body is waited for once its headers are there, within <see cref="Timeout"/>: it is only kept
    /// for people to read. 10 milliseconds to 15 seconds, default 2 seconds.
    /// </summary>
    public TimeSpan AnswerPatience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Most connections to one host and port at a time from this instance, 1 to 1,000. Default 64.</summary>
    public int MaxConnectionsPerReceiver { get; set; } = 64;
}
