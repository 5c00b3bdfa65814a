using System.Globalization;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Deliveries;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>Everything that webhook requests can be refused for besides their URLs: the codes are part of the contract.</summary>
public static class WebhookProblems
{
    /// <summary>The same for an endpoint of somebody else, so that nobody learns which there are.</summary>
    public static Problem EndpointNotFound() => new(
        404, "endpoint-not-found", "There is no such endpoint", "There is no endpoint with this id, or it is not yours.");

    /// <inheritdoc cref="EndpointNotFound"/>
    public static Problem DeliveryNotFound() => new(
        404, "delivery-not-found", "There is no such delivery",
        "There is no delivery with this id, or it is not yours, or it is past its retention.");

    public static Problem EndpointLimitReached(int most) => new(
        409, "endpoint-limit-reached", "There are as many endpoints as there may be",
        string.Create(CultureInfo.InvariantCulture, $"A customer may have {most} endpoints. Delete one that is not used any more."))
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem EndpointChangedMeanwhile() => new(
        409, "endpoint-changed", "The endpoint was changed at the same time", "Send the request again.")
    {
        RetryAfterSeconds = 1,
    };

    public static Problem EndpointNotActive(string status) => new(
        409, "endpoint-not-active", "The endpoint is not sent to",
        $"The endpoint is {status}. Make it active first: PATCH it with the status active.")
    {
        Extensions = new Dictionary<string, object?> { ["status"] = status },
    };

    public static Problem EventTypeUnknown(string? type, int index) => Invalid(
        $"There is no event type {(type is null ? "null" : Quote(type))}; there are {string.Join(", ", WebhookEventTypes.All)}.",
        string.Create(CultureInfo.InvariantCulture, $"/eventTypes/{index}")) with
    {
        Extensions = new Dictionary<string, object?> { ["allowed"] = WebhookEventTypes.All },
    };

    public static Problem EventTypesTooMany(int most) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"There may be {most} event types at most; leave them out for all."), "/eventTypes");

    public static Problem DescriptionTooLong(int most, int length) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"The description has {length} characters; at most {most} are accepted."), "/description") with
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem SignatureUnknown(string signature) => Invalid(
        $"There is no signature {Quote(signature)}; there are v1 (HMAC-SHA256, the default) and v1a (Ed25519).", "/signature");

    public static Problem StatusNotSettable(string status) => Invalid(
        $"The status cannot be set to {Quote(status)}, only to active or paused.", "/status");

    public static Problem SecretNotUsed() => new(
        409, "secret-not-used", "The endpoint has no secret",
        "Its deliveries are signed as v1a, with the service's key: its public part is at /.well-known/webhook-keys.");

    public static Problem SinceInvalid(TimeSpan retention) => new(
        422, "invalid-body", "The body does not fit its schema",
        string.Create(CultureInfo.InvariantCulture, $"since must be a time that has passed, at most {retention.TotalDays} days ago, as RFC 3339."))
    {
        Pointer = "/since",
    };

    public static Problem DeliveryStatusUnknown(string status) => new(
        400, "status-invalid", "There is no such status", $"There is no status {Quote(status)}; there are {string.Join(", ", DeliveryStatuses.Names)}.")
    {
        Pointer = "status",
    };

    public static Problem LimitInvalid(int most) => new(
        400, "limit-invalid", "The limit is not valid", string.Create(CultureInfo.InvariantCulture, $"Send limit as a number from 1 to {most}."))
    {
        Pointer = "limit",
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem CursorInvalid() => new(
        400, "cursor-invalid", "The cursor is not valid", "Send nextCursor as you got it, for the same listing, or begin without one.")
    {
        Pointer = "cursor",
    };

    private static Problem Invalid(string detail, string pointer) =>
        new(422, "invalid-body", "The body does not fit its schema", detail) { Pointer = pointer };

    /// <summary>What a client sent is repeated to it, but not at any length.</summary>
    private static string Quote(string text) => text.Length <= 100 ? $"'{text}'" : $"'{text[..100]}...'";
}
