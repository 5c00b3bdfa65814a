using System.ComponentModel.DataAnnotations;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>The event types that endpoints can subscribe to.</summary>
public static class WebhookEventTypes
{
    public const string OrderCreated = "order.created";

    public const string OrderUpdated = "order.updated";

    public const string ImageReady = "image.ready";

    public const string ImageFailed = "image.failed";

    /// <summary>An event that tells that the upgrade of a ready image has added variants.</summary>
    public const string ImageUpgraded = "image.upgraded";

    /// <summary>
    /// A test event, which a customer can request for an endpoint. The endpoint receives it even if it does not subscribe to this type.
    /// </summary>
    public const string Test = "webhook.test";

    /// <summary>An event that tells a customer's other endpoints that one endpoint has failed for a day and may be disabled.</summary>
    public const string EndpointFailing = "endpoint.failing";

    /// <summary>An event that tells a customer's other endpoints that one endpoint was disabled.</summary>
    public const string EndpointDisabled = "endpoint.disabled";

    /// <summary>The number of event types, which is also the maximum length of a list of event types.</summary>
    public const int Count = 8;

    public static IReadOnlyList<string> All { get; } =
        [OrderCreated, OrderUpdated, ImageReady, ImageFailed, ImageUpgraded, EndpointFailing, EndpointDisabled, Test];
}

/// <summary>States in the API description that the member contains only event types.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EventTypesAttribute() : AllowedValuesAttribute([.. WebhookEventTypes.All]);
