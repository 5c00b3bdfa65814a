using System.ComponentModel.DataAnnotations;
using ServerlessScale.Shared.Webhooks.Sending.Signing;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>The unvalidated body of <c>POST /api/webhooks/endpoints</c>.</summary>
public sealed record EndpointRequest
{
    /// <summary>The absolute URL that receives the events. Its scheme is https.</summary>
    [StringLength(WebhookUrl.MaxLength)]
    [RegularExpression(WebhookUrl.Pattern)]
    public required string Url { get; init; }

    /// <summary>The event types to subscribe to; null or empty for all event types.</summary>
    [EventTypes]
    [Length(0, WebhookEventTypes.Count)]
    public IReadOnlyList<string>? EventTypes { get; init; }

    [StringLength(EndpointRules.MaxDescription)]
    public string? Description { get; init; }

    /// <summary>
    /// Whether events about the same object, such as an order, are sent one at a time, in the order in which they happened.
    /// </summary>
    public bool Ordered { get; init; }

    /// <summary>The signature scheme, <c>v1</c> or <c>v1a</c>; null for <c>v1</c>.</summary>
    [EnumDataType(typeof(SignatureKind))]
    public string? Signature { get; init; }

    /// <summary>The customer's own secret for <c>v1</c>; null when the service creates the secret.</summary>
    [RegularExpression(WebhookSecret.Pattern)]
    public string? Secret { get; init; }

    /// <summary>The headers to send with every attempt, in addition to the service's own headers.</summary>
    [Length(0, CustomHeaders.MaxCount)]
    [MemberLimits(
        MaxNameLength = CustomHeaders.MaxNameLength, NamePattern = CustomHeaders.NamePattern,
        MaxValueLength = CustomHeaders.MaxValueLength, ValuePattern = CustomHeaders.ValuePattern)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The maximum number of attempts per minute; null or 0 for no limit.</summary>
    [Range(0, EndpointRules.MaxRateLimit)]
    public int? RateLimit { get; init; }
}

/// <summary>The unvalidated body of <c>POST /api/webhooks/endpoints/{id}/rotate-secret</c>, which may be omitted.</summary>
public sealed record SecretRotation
{
    /// <summary>The number of hours for which deliveries are also signed with the replaced secret; null for the default.</summary>
    [Range(0, EndpointRules.MaxGraceHours)]
    public int? GraceHours { get; init; }
}

/// <summary>
/// The unvalidated body of <c>PATCH /api/webhooks/endpoints/{id}</c>. A member that is null leaves the endpoint's value unchanged.
/// </summary>
public sealed record EndpointChange
{
    /// <summary>The new absolute URL.</summary>
    [StringLength(WebhookUrl.MaxLength)]
    [RegularExpression(WebhookUrl.Pattern)]
    public string? Url { get; init; }

    /// <summary>The event types to subscribe to; empty for all event types.</summary>
    [EventTypes]
    [Length(0, WebhookEventTypes.Count)]
    public IReadOnlyList<string>? EventTypes { get; init; }

    /// <summary>The new description; empty to remove the description.</summary>
    [StringLength(EndpointRules.MaxDescription)]
    public string? Description { get; init; }

    /// <summary>The new status, <c>active</c> or <c>paused</c>.</summary>
    [AllowedValues(EndpointRules.Active, EndpointRules.Paused)]
    public string? Status { get; init; }

    public bool? Ordered { get; init; }

    /// <summary>The new signature scheme, <c>v1</c> or <c>v1a</c>.</summary>
    [EnumDataType(typeof(SignatureKind))]
    public string? Signature { get; init; }

    /// <summary>The headers that replace all earlier headers; empty to remove all headers.</summary>
    [Length(0, CustomHeaders.MaxCount)]
    [MemberLimits(
        MaxNameLength = CustomHeaders.MaxNameLength, NamePattern = CustomHeaders.NamePattern,
        MaxValueLength = CustomHeaders.MaxValueLength, ValuePattern = CustomHeaders.ValuePattern)]
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>The maximum number of attempts per minute; 0 to remove the limit.</summary>
    [Range(0, EndpointRules.MaxRateLimit)]
    public int? RateLimit { get; init; }
}
