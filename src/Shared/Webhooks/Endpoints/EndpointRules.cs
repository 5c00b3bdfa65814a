using System.Diagnostics.CodeAnalysis;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Validates the members of an endpoint except its URL.</summary>
public static class EndpointRules
{
    /// <summary>The maximum length in UTF-16 code units.</summary>
    public const int MaxDescription = 256;

    /// <summary>The maximum time for which a replaced secret remains in use, in hours: seven days.</summary>
    public const int MaxGraceHours = 7 * 24;

    /// <summary>The maximum rate limit in attempts per minute. Each attempt needs one conditional write to the endpoint's row.</summary>
    public const int MaxRateLimit = 3000;

    /// <summary>The names of the statuses that a customer can set.</summary>
    public const string Active = "active";

    /// <inheritdoc cref="Active"/>
    public const string Paused = "paused";

    /// <summary>Checks a new endpoint.</summary>
    /// <param name="secret">The customer's own secret; null when the service is to create the secret.</param>
    /// <returns>Null when the request is valid. Otherwise a 422 <c>invalid-body</c> problem.</returns>
    public static Problem? Check(EndpointRequest request, out SignatureKind signature, out WebhookSecret? secret)
    {
        signature = SignatureKind.V1;
        secret = null;
        var problem = CheckEventTypes(request.EventTypes) ?? CheckDescription(request.Description) ?? CustomHeaders.Check(request.Headers)
            ?? CheckRateLimit(request.RateLimit);
        return problem is null
            && TryParseSignature(request.Signature, out signature, out problem)
            && TryParseSecret(request.Secret, signature, out secret, out problem)
                ? null
                : problem;
    }

    /// <summary>Checks a change of an endpoint.</summary>
    /// <param name="status">The new status; null to keep the status.</param>
    /// <returns>Null when the change is valid. Otherwise a 422 <c>invalid-body</c> problem.</returns>
    public static Problem? Check(EndpointChange change, out SignatureKind signature, out EndpointStatus? status)
    {
        signature = SignatureKind.V1;
        status = null;
        var problem = CheckEventTypes(change.EventTypes) ?? CheckDescription(change.Description) ?? CustomHeaders.Check(change.Headers)
            ?? CheckRateLimit(change.RateLimit);
        if (problem is not null || !TryParseSignature(change.Signature, out signature, out problem))
        {
            return problem;
        }

        if (change.Status is { } text)
        {
            if (!TryParseStatus(text, out var wanted, out problem))
            {
                return problem;
            }

            status = wanted;
        }

        return null;
    }

    /// <returns>Null when all event types are known.</returns>
    private static Problem? CheckEventTypes(IReadOnlyList<string>? types)
    {
        if (types is null)
        {
            return null;
        }

        if (types.Count > WebhookEventTypes.Count)
        {
            return WebhookProblems.EventTypesTooMany(WebhookEventTypes.Count);
        }

        for (var index = 0; index < types.Count; index++)
        {
            if (!WebhookEventTypes.All.Contains(types[index]))
            {
                return WebhookProblems.EventTypeUnknown(types[index], index);
            }
        }

        return null;
    }

    /// <returns>Null when the description is short enough or missing.</returns>
    private static Problem? CheckDescription(string? description) =>
        description?.Length > MaxDescription ? WebhookProblems.DescriptionTooLong(MaxDescription, description.Length) : null;

    /// <param name="text">The signature that the client sent; null for the default.</param>
    private static bool TryParseSignature(string? text, out SignatureKind kind, [NotNullWhen(false)] out Problem? problem)
    {
        kind = SignatureKind.V1;
        problem = text is null || WireNames<SignatureKind>.TryParse(text, out kind) ? null : WebhookProblems.SignatureUnknown(text);
        return problem is null;
    }

    /// <returns>Null when the rate limit is allowed or missing.</returns>
    private static Problem? CheckRateLimit(int? perMinute) => perMinute is < 0 or > MaxRateLimit ? WebhookProblems.RateLimitInvalid(MaxRateLimit) : null;

    /// <summary>Parses the customer's own secret.</summary>
    /// <param name="text">The secret that the client sent; null when the service is to create the secret.</param>
    /// <param name="secret">The secret; null when the client sent none.</param>
    private static bool TryParseSecret(string? text, SignatureKind kind, out WebhookSecret? secret, [NotNullWhen(false)] out Problem? problem)
    {
        secret = null;
        problem = text is null ? null
            : kind != SignatureKind.V1 ? WebhookProblems.SecretNotWanted()
            : WebhookSecret.TryParse(text, out secret) ? null
            : WebhookProblems.SecretInvalid();
        return problem is null;
    }

    /// <summary>Parses the time for which a replaced secret remains in use.</summary>
    /// <param name="hours">The number that the client sent; null for the default.</param>
    public static bool TryParseGrace(int? hours, out TimeSpan grace, [NotNullWhen(false)] out Problem? problem)
    {
        grace = hours is { } number ? TimeSpan.FromHours(Math.Clamp((long)number, 0, MaxGraceHours)) : EndpointKeys.Overlap;
        problem = hours is null or (>= 0 and <= MaxGraceHours) ? null : WebhookProblems.GraceInvalid(MaxGraceHours);
        return problem is null;
    }

    /// <summary>Parses a status. Accepts only the statuses that a customer can set.</summary>
    private static bool TryParseStatus(string text, out EndpointStatus status, [NotNullWhen(false)] out Problem? problem)
    {
        problem = WireNames<EndpointStatus>.TryParse(text, out status) && status is EndpointStatus.Active or EndpointStatus.Paused
            ? null
            : WebhookProblems.StatusNotSettable(text);
        return problem is null;
    }
}
