namespace ServerlessScale.Shared.Webhooks;

/// <summary>The event types that endpoints can subscribe to.</summary>
public static class WebhookEventTypes
{
    /// <summary>Sent to one endpoint at its customer's request, whichever event types the endpoint subscribes to.</summary>
    public const string Test = "webhook.test";

    /// <summary>Tells a customer's other endpoints that one endpoint was disabled.</summary>
    public const string EndpointDisabled = "endpoint.disabled";

    public static IReadOnlyList<string> All { get; } =
        ["order.created", "order.updated", "image.ready", "image.failed", EndpointDisabled, Test];
}
