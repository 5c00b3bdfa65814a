using System.Globalization;

namespace ServerlessScale.Edge.Cache;

/// <summary>
/// Parses the three date formats of RFC 9110 section 5.6.7. ASP.NET Core's own parser also accepts other formats, such as dates with other
/// time zones or with a single digit for the hour. A cache must treat such a date as invalid (RFC 9111 section 4.2).
/// </summary>
internal static class HttpDate
{
    // A cache should ignore case (RFC 9111 section 4.2). The text is converted to upper case, so that GMT matches.
    private static readonly string[] WithComma = ["dd MMM yyyy HH:mm:ss 'GMT'", "dd-MMM-yy HH:mm:ss 'GMT'"];
    private static readonly string[] WithoutComma = ["MMM dd HH:mm:ss yyyy", "MMM  d HH:mm:ss yyyy"];

    private static readonly string[] Days =
        ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

    /// <summary>The calendar for two-digit years. Years more than 50 years in the future belong to the past century.</summary>
    private static readonly CultureInfo Culture = CreateCulture();

    /// <returns>The date; null if the text is not in one of the three formats.</returns>
    public static DateTimeOffset? Parse(string? text)
    {
        // The name of the day carries no information, so a wrong day does not make the date invalid.
        return text?.ToUpperInvariant().Split(' ', 2) is [var day, var rest]
            && Days.Contains(day.TrimEnd(','))
            && DateTimeOffset.TryParseExact(rest, day.EndsWith(',') ? WithComma : WithoutComma, Culture, DateTimeStyles.AssumeUniversal, out var date)
                ? date
                : null;
    }

    private static CultureInfo CreateCulture()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.Calendar.TwoDigitYearMax = DateTime.UtcNow.Year + 50;
        return culture;
    }
}
