using System.Text.RegularExpressions;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Creates regular expressions for .NET's non-backtracking engine. The engine rejects lookarounds, back-references, atomic groups and
/// conditionals, none of which Front Door supports. Its running time is linear in the length of the input, so no request can make an
/// evaluation slow.
/// </summary>
internal static class EdgeRegex
{
    public static Regex Create(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>Checks whether a pattern is valid.</summary>
    /// <returns>A message about the error in the pattern; null if the pattern is valid.</returns>
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
            return $"'{pattern}' uses a lookaround, a back-reference, an atomic group or a conditional, which Front Door does not support.";
        }
    }
}
