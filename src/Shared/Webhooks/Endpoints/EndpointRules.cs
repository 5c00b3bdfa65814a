using System.Diagnostics.CodeAnalysis;
using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Sending;

namespace ServerlessScale.Shared.Webhooks.Endpoints;

/// <summary>What an endpoint's members may be, its URL aside.</summary>
internal static class EndpointRules
{
    /// <summary>UTF-16 code units.</summary>
    private const int MaxDescription = 256;

    /// <returns>Null when they are all known.</returns>
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

    public static Problem? CheckDescription(string? description) =>
        description?.Length > MaxDescription ? WebhookProblems.DescriptionTooLong(MaxDescription, description.Length) : null;

    /// <param name="text">As the client names it; null for the default.</param>
    public static bool TryParseSignature(string? text, out SignatureKind kind, [NotNullWhen(false)] out Problem? problem)
    {
        kind = text == "v1a" ? SignatureKind.V1a : SignatureKind.V1;
        problem = text is null or "v1" or "v1a" ? null : WebhookProblems.SignatureUnknown(text);
        return problem is null;
    }

    public static bool TryParseStatus(string text, out EndpointStatus status, [NotNullWhen(false)] out Problem? problem)
    {
        status = text == "paused" ? EndpointStatus.Paused : EndpointStatus.Active;
        problem = text is "active" or "paused" ? null : WebhookProblems.StatusNotSettable(text);
        return problem is null;
    }
}
