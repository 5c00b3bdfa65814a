using System.Diagnostics.CodeAnalysis;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Sending.Signing;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>Validates the members of an endpoint except its URL.</summary>
internal static class EndpointRules
{
    /// <summary>The maximum length in UTF-16 code units.</summary>
    private const int MaxDescription = 256;

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

    /// <summary>Parses a status. Accepts only the statuses that a customer can set.</summary>
    public static bool TryParseStatus(string text, out EndpointStatus status, [NotNullWhen(false)] out Problem? problem)
    {
        problem = WireNames<EndpointStatus>.TryParse(text, out status) && status is EndpointStatus.Active or EndpointStatus.Paused
            ? null
            : WebhookProblems.StatusNotSettable(text);
        return problem is null;
    }
}
