namespace ServerlessScale.Shared.Webhooks;

/// <summary>The types of events that endpoints can ask for.</summary>
public static class WebhookEventTypes
{
    /// <summary>Sent on request, to one endpoint, whatever it has asked for.</summary>
    public const string Test = "webhook.test";

    /// <summary>Tells a customer's other endpoints that one of them is not sent to any more.</summary>
    public const string EndpointDisabled = "endpoint.disabled";

    public static IReadOnlyList<string> All { get; } =
        ["order.created", "order.updated", "image.ready", "image.failed", EndpointDisabled, Test];
}
