using System.Text.RegularExpressions;

namespace ServerlessScale.Edge.Logic;

/// <summary>
/// Regular expressions that Front Door's engine understands too: no lookaround, back-references, atomic groups or conditionals.
/// Those are what .NET's non-backtracking engine refuses as well, and it takes time linear in the text, whatever a client sends.
/// </summary>
internal static class EdgeRegex
{
    public static Regex Create(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <returns>Null when it can be used.</returns>
    public static string? FaultOf(string pattern)
    {
        try
        {
            _ = Create(pattern);
            return null;
        }
        catch (ArgumentException exception)
        {
            return $"this is not a regular expression: {exception.Message}";
        }
        catch (NotSupportedException)
        {
            return $"'{pattern}' needs what Front Door's regular expressions lack; there are no lookarounds, back-references, atomic groups or conditionals.";
        }
    }
}
