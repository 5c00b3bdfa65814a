using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Shared.Paging;

/// <summary>Parses the <c>limit</c> query parameter of a listing: the maximum number of elements on a page, 1 to 100. The default is 50.</summary>
public static class PageLimit
{
    public const int Min = 1;

    public const int Max = 100;

    private const int Default = 50;

    /// <param name="text">The parameter exactly as the client sent it; null when it was not sent.</param>
    /// <returns>False with a 400 <c>limit-invalid</c> problem if the text is not a number from 1 to 100.</returns>
    public static bool TryParse(string? text, out int limit, [NotNullWhen(false)] out Problem? problem)
    {
        limit = Default;
        // The digits are checked first, because int.TryParse also accepts null characters after the number.
        var valid = text is null
            || (text.All(char.IsAsciiDigit)
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit)
                && limit is >= Min and <= Max);
        problem = valid ? null : PageProblems.LimitInvalid(Max);
        return valid;
    }
}
