using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks;

/// <summary>Parses a listing's <c>limit</c> query parameter, a number from 1 to 100. The default is 50.</summary>
internal static class PageLimit
{
    private const int Most = 100;
    private const int Default = 50;

    /// <param name="text">The value that the client sent; null when the client sent no <c>limit</c>.</param>
    public static bool TryParse(string? text, out int limit, [NotNullWhen(false)] out Problem? problem)
    {
        limit = Default;
        var valid = text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= Most;
        problem = valid ? null : WebhookProblems.LimitInvalid(Most);
        return valid;
    }
}
