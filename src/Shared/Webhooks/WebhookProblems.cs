using System.Globalization;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Deliveries;
using ServerlessScale.Shared.Webhooks.Endpoints;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>
/// The problems that the webhook management API can return, except problems with an endpoint's URL. The codes are part of the HTTP
/// contract.
/// </summary>
public static class WebhookProblems
{
    /// <summary>Also used for another customer's endpoint, so that clients cannot find out which ids exist.</summary>
    public static Problem EndpointNotFound() => new(
        404, "endpoint-not-found", "There is no such endpoint", "You have no endpoint with this id.");

    /// <summary>Also used for another customer's delivery, so that clients cannot find out which ids exist.</summary>
    public static Problem DeliveryNotFound() => new(
        404, "delivery-not-found", "There is no such delivery",
        "You have no delivery with this id, or its retention period has ended.");

    /// <summary>Also used for another customer's event, so that clients cannot find out which ids exist.</summary>
    public static Problem EventNotFound() => new(
        404, "event-not-found", "There is no such event", "You have no event with this id, or its retention period has ended.");

    public static Problem EventTypeParameterUnknown(string type) => new(
        400, "event-type-unknown", "There is no such event type",
        $"Unknown event type {Quote(type)}. The event types are {string.Join(", ", WebhookEventTypes.All)}.")
    {
        Pointer = "type",
        Extensions = new Dictionary<string, object?> { ["allowed"] = WebhookEventTypes.All },
    };

    public static Problem SinceParameterInvalid() => new(
        400, "invalid-since", "The 'since' parameter is not valid",
        "Send one RFC 3339 time, for example 2026-11-24T08:00:00Z. If the time has an offset such as +01:00, encode the plus sign as %2B.")
    {
        Pointer = "since",
    };

    public static Problem EndpointParameterInvalid() => new(
        400, "endpoint-invalid", "The endpoint id is not valid", "Send the id of one endpoint, which begins with ep_.")
    {
        Pointer = "endpoint",
    };

    public static Problem EndpointLimitReached(int most) => new(
        409, "endpoint-limit-reached", "The endpoint limit has been reached",
        string.Create(CultureInfo.InvariantCulture, $"A customer can have at most {most} endpoints. Delete an unused endpoint."))
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem EndpointChangedMeanwhile() => new(
        409, "endpoint-changed", "Another request changed the endpoint", "Send the request again.")
    {
        RetryAfterSeconds = 1,
    };

    public static Problem EndpointNotActive(EndpointStatus status) => new(
        409, "endpoint-not-active", "The endpoint is not active",
        $"The endpoint is {WireNames<EndpointStatus>.Of(status)}. First set its status to active with PATCH.")
    {
        Extensions = new Dictionary<string, object?> { ["status"] = WireNames<EndpointStatus>.Of(status) },
    };

    public static Problem EventTypeUnknown(string? type, int index) => Invalid(
        $"Unknown event type {(type is null ? "null" : Quote(type))}. The event types are {string.Join(", ", WebhookEventTypes.All)}.",
        string.Create(CultureInfo.InvariantCulture, $"/eventTypes/{index}")) with
    {
        Extensions = new Dictionary<string, object?> { ["allowed"] = WebhookEventTypes.All },
    };

    public static Problem EventTypesTooMany(int most) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"At most {most} event types are accepted. Omit eventTypes to subscribe to all event types."), "/eventTypes");

    public static Problem DescriptionTooLong(int most, int length) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"The description has {length} characters. At most {most} are accepted."), "/description") with
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem SignatureUnknown(string signature) => Invalid(
        $"Unknown signature scheme {Quote(signature)}. The schemes are v1 (HMAC-SHA256, the default) and v1a (Ed25519).", "/signature");

    /// <summary>The text does not contain the value, because the value may be close to a real secret.</summary>
    public static Problem SecretInvalid() => Invalid(
        string.Create(
            CultureInfo.InvariantCulture,
            $"A secret must be {WebhookSecret.Prefix} followed by {WebhookSecret.MinBytes} to {WebhookSecret.MaxBytes} random bytes in base64."),
        "/secret");

    public static Problem SecretNotWanted() => Invalid(
        "An endpoint with v1a signatures has no secret. Omit secret, or set signature to v1.", "/secret");

    public static Problem GraceInvalid(int most) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"graceHours must be an integer from 0 to {most}."), "/graceHours");

    public static Problem RateLimitInvalid(int most) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"rateLimit must be a number of attempts per minute from 1 to {most}, or 0 for no limit."), "/rateLimit");

    public static Problem HeadersTooMany(int most) => Invalid(
        string.Create(CultureInfo.InvariantCulture, $"At most {most} headers are accepted."), "/headers") with
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem HeaderInvalid(string name, string error) => Invalid(
        error, "/headers/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));

    public static Problem HeadersNeededForNewOrigin() => Invalid(
        "The new URL has another scheme, host or port. Send headers as well, or an empty object to remove them, so that credentials are not sent to another server by mistake.",
        "/headers");

    public static Problem StatusNotSettable(string status) => Invalid(
        $"The status cannot be set to {Quote(status)}. It can be set to active or paused.", "/status");

    public static Problem SecretNotUsed() => new(
        409, "secret-not-used", "The endpoint has no secret",
        "Its deliveries have v1a signatures, which are made with the service's key. The public key is at /.well-known/webhook-keys.");

    public static Problem RotationLimitReached(int most) => new(
        409, "rotation-limit-reached", "The secret was rotated too often",
        string.Create(
            CultureInfo.InvariantCulture,
            $"Webhooks are still signed with {most} earlier secrets. Rotate again when the period of 24 hours of one of them has ended."))
    {
        Extensions = new Dictionary<string, object?> { ["limit"] = most },
    };

    public static Problem SinceInvalid(TimeSpan retention) => new(
        422, "invalid-body", "The body does not match its schema",
        string.Create(CultureInfo.InvariantCulture, $"since must be an RFC 3339 time in the past, at most {retention.TotalDays} days ago."))
    {
        Pointer = "/since",
    };

    public static Problem DeliveryStatusUnknown(string status) => new(
        400, "status-invalid", "There is no such status", $"Unknown status {Quote(status)}. The statuses are {string.Join(", ", WireNames<DeliveryStatus>.All)}.")
    {
        Pointer = "status",
    };

    private static Problem Invalid(string detail, string pointer) =>
        new(422, "invalid-body", "The body does not match its schema", detail) { Pointer = pointer };

    /// <summary>Quotes a value that the client sent, cut off after 100 characters.</summary>
    private static string Quote(string text) => text.Length <= 100 ? $"'{text}'" : $"'{text[..100]}...'";
}
