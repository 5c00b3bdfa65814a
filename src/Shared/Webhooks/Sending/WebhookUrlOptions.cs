namespace ServerlessScale.Shared.Webhooks.Sending;

/// <summary>Settings <c>Webhooks:*</c> on where deliveries may go.</summary>
public sealed class WebhookUrlOptions
{
    public const string Section = "Webhooks";

    /// <summary>
    /// Lets deliveries go to plain http, to any port and to private addresses such as 127.0.0.1. Default false; refused at start-up
    /// outside development, as it lifts the guard against requests to our own network.
    /// </summary>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>
    /// How long creating an endpoint waits for its host name to resolve, after which the check is left to the first delivery.
    /// 100 milliseconds to 10 seconds, default 2 seconds.
    /// </summary>
    public TimeSpan ResolveTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
