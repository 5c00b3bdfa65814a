using System.Buffers;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Webhooks.Sending.Urls;

/// <summary>Checks that an endpoint's host name can exist in the public DNS (RFC 1123 section 2.1, RFC 6761).</summary>
internal static class WebhookHostName
{
    private const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    /// <summary>The top-level domains that do not exist in the public DNS.</summary>
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        // These domains are in IANA's registry of special-use domain names.
        "localhost", "local", "internal", "test", "example", "invalid", "onion", "alt", "arpa",
        // These domains are not delegated, because private networks use them (ICANN's name collision reports, RFC 6762 appendix G).
        "localdomain", "lan", "home", "corp", "mail", "intranet", "private",
    };

    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    /// <returns>The problem; null when the name is accepted.</returns>
    public static Problem? Check(string host, bool allowPrivate)
    {
        if (host.EndsWith('.'))
        {
            return WebhookUrlProblems.TrailingDot(host);
        }

        var labels = host.Split('.');
        if (host.Length > MaxLength || !labels.All(IsLabel))
        {
            return WebhookUrlProblems.InvalidHostName(host);
        }

        // Resolvers interpret a name that ends in a number as an IP address in an unusual notation, such as 127.0.0.0x1.
        if (IsNumber(labels[^1]))
        {
            return WebhookUrlProblems.UnusualAddress(host);
        }

        if (allowPrivate)
        {
            return null;
        }

        return Reserved.Contains(labels[^1]) ? WebhookUrlProblems.PrivateName(host, labels[^1])
            : labels.Length == 1 ? WebhookUrlProblems.SingleLabel(host)
            : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-' && !label.AsSpan().ContainsAnyExcept(LabelCharacters);

    private static bool IsNumber(string label) =>
        label.All(char.IsAsciiDigit)
        || (label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && label.Skip(2).All(char.IsAsciiHexDigit));
}
