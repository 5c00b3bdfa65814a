using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>The query parameter <c>limit</c> of a listing.</summary>
internal static class PageLimit
{
    private const int Most = 100;
    private const int Default = 50;

    /// <param name="text">The parameter as the client sent it; null when it was not sent.</param>
    public static bool TryParse(string? text, out int limit, [NotNullWhen(false)] out Problem? problem)
    {
        limit = Default;
        var valid = text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= Most;
        problem = valid ? null : WebhookProblems.LimitInvalid(Most);
        return valid;
    }
}
