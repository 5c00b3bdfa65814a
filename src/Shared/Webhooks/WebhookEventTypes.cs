namespace ServerlessScale.Shared.Webhooks;

/// <summary>The event types that endpoints can subscribe to.</summary>
public static class WebhookEventTypes
{
    /// <summary>
    /// A test event, which is sent to one endpoint when its customer requests a test, even if the endpoint does not subscribe to the type.
    /// </summary>
    public const string Test = "webhook.test";

    /// <summary>An event that informs a customer's other endpoints that one endpoint was disabled.</summary>
    public const string EndpointDisabled = "endpoint.disabled";

    public static IReadOnlyList<string> All { get; } =
        ["order.created", "order.updated", "image.ready", "image.failed", EndpointDisabled, Test];
}
