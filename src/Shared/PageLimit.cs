using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared;

/// <summary>Parses a listing's <c>limit</c> query parameter, the maximum number of elements on a page.</summary>
public static class PageLimit
{
    public const int Min = 1;

    public const int Max = 100;

    /// <summary>The limit of a request without the parameter.</summary>
    public const int Default = 50;

    /// <param name="text">The value that the client sent; null when the client sent no <c>limit</c>.</param>
    /// <param name="problem">A 400 <c>limit-invalid</c> problem; null when the value is valid.</param>
    public static bool TryParse(string? text, out int limit, [NotNullWhen(false)] out Problem? problem)
    {
        limit = Default;
        // int.TryParse ignores NUL characters at the end.
        var valid = text is null
            || (!text.AsSpan().ContainsAnyExceptInRange('0', '9')
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit is >= Min and <= Max);
        problem = valid ? null : new Problem(400, "limit-invalid", "The limit is not valid", $"Send limit as a number from {Min} to {Max}.")
        {
            Pointer = "limit",
            Extensions = new Dictionary<string, object?> { ["limit"] = Max },
        };
        return valid;
    }
}
