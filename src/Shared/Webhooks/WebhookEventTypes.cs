namespace ServerlessScale.Shared.Webhooks;

/// <summary>The event types that endpoints can subscribe to.</summary>
public static class WebhookEventTypes
{
    /// <summary>
    /// A test event, which a customer can request for an endpoint. The endpoint receives it even if it does not subscribe to this type.
    /// </summary>
    public const string Test = "webhook.test";

    /// <summary>An event that tells a customer's other endpoints that one endpoint has failed for a day and may be disabled.</summary>
    public const string EndpointFailing = "endpoint.failing";

    /// <summary>An event that tells a customer's other endpoints that one endpoint was disabled.</summary>
    public const string EndpointDisabled = "endpoint.disabled";

    public static IReadOnlyList<string> All { get; } =
        ["order.created", "order.updated", "image.ready", "image.failed", EndpointFailing, EndpointDisabled, Test];
}
