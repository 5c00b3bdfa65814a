using Microsoft.Extensions.Options;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>The <c>Webhooks:*</c> settings that determine which URLs webhooks may be sent to.</summary>
public sealed class WebhookUrlOptions
{
    public const string Section = "Webhooks";

    /// <summary>
    /// Whether to allow plain http, every port, and private addresses such as 127.0.0.1. The default is false. The app starts with the
    /// value true only in development, because customers could otherwise send requests into our own network.
    /// </summary>
    [DevelopmentOnly]
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>
    /// The time limit for resolving the host name when an endpoint is created. If the DNS server does not respond in time, the endpoint is
    /// created without a check of its addresses. The sender checks the addresses before the first delivery. 100 milliseconds to 10 seconds.
    /// The default is 2 seconds.
    /// </summary>
    public TimeSpan ResolveTimeout { get; set; } = TimeSpan.FromSeconds(2);
}

public sealed class WebhookUrlOptionsValidator : IValidateOptions<WebhookUrlOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookUrlOptions options) =>
        options.ResolveTimeout < TimeSpan.FromMilliseconds(100) || options.ResolveTimeout > TimeSpan.FromSeconds(10)
            ? ValidateOptionsResult.Fail(
                $"{WebhookUrlOptions.Section}:{nameof(options.ResolveTimeout)} must be between 100 milliseconds and 10 seconds.")
            : ValidateOptionsResult.Success;
}
