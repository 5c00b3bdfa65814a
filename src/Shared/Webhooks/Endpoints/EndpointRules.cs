using System.Diagnostics.CodeAnalysis;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Validates the members of an endpoint except its URL.</summary>
internal static class EndpointRules
{
    /// <summary>The maximum length in UTF-16 code units.</summary>
    private const int MaxDescription = 256;

    /// <summary>The maximum time for which a replaced secret remains in use, in hours: seven days.</summary>
    private const int MaxGraceHours = 7 * 24;

    /// <summary>The maximum rate limit in attempts per minute. Each attempt needs one conditional write to the endpoint's row.</summary>
    private const int MaxRateLimit = 3000;

    /// <returns>Null when all event types are known.</returns>
    public static Problem? CheckEventTypes(IReadOnlyList<string>? types)
    {
        if (types is null)
        {
            return null;
        }

        if (types.Count > WebhookEventTypes.All.Count)
        {
            return WebhookProblems.EventTypesTooMany(WebhookEventTypes.All.Count);
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
    public static Problem? CheckDescription(string? description) =>
        description?.Length > MaxDescription ? WebhookProblems.DescriptionTooLong(MaxDescription, description.Length) : null;

    /// <param name="text">The signature that the client sent; null for the default.</param>
    public static bool TryParseSignature(string? text, out SignatureKind kind, [NotNullWhen(false)] out Problem? problem)
    {
        kind = SignatureKind.V1;
        problem = text is null || WireNames<SignatureKind>.TryParse(text, out kind) ? null : WebhookProblems.SignatureUnknown(text);
        return problem is null;
    }

    /// <returns>Null when the rate limit is allowed or missing.</returns>
    public static Problem? CheckRateLimit(int? perMinute) => perMinute is < 0 or > MaxRateLimit ? WebhookProblems.RateLimitInvalid(MaxRateLimit) : null;

    /// <summary>Parses the customer's own secret.</summary>
    /// <param name="text">The secret that the client sent; null when the service is to create the secret.</param>
    /// <param name="secret">The secret; null when the client sent none.</param>
    public static bool TryParseSecret(string? text, SignatureKind kind, out WebhookSecret? secret, [NotNullWhen(false)] out Problem? problem)
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
    public static bool TryParseStatus(string text, out EndpointStatus status, [NotNullWhen(false)] out Problem? problem)
    {
        problem = WireNames<EndpointStatus>.TryParse(text, out status) && status is EndpointStatus.Active or EndpointStatus.Paused
            ? null
            : WebhookProblems.StatusNotSettable(text);
        return problem is null;
    }
}
