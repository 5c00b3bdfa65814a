using System.Text.RegularExpressions;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Regular expressions without lookarounds, back-references, atomic groups and conditionals, because Front Door does not support these.
/// .NET's non-backtracking engine refuses the same constructs, and its time is linear in the length of the text, so that no request can
/// make it slow.
/// </summary>
internal static class EdgeRegex
{
    public static Regex Create(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <returns>What is wrong with the pattern; null when the pattern is valid.</returns>
    public static string? FaultOf(string pattern)
    {
        try
        {
            _ = Create(pattern);
            return null;
        }
        catch (ArgumentException exception)
        {
            return $"the value is not a regular expression: {exception.Message}";
        }
        catch (NotSupportedException)
        {
            return $"'{pattern}' uses a construct that Front Door does not support; there are no lookarounds, back-references, atomic groups or conditionals.";
        }
    }
}
