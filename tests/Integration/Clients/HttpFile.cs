using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Integration.Clients;

/// <summary>A request in a <c>.http</c> file.</summary>
/// <param name="Expected">The status in the comment <c># expect</c>.</param>
/// <param name="Name">The name in the comment <c># @name</c>, by which later requests refer to the response; null for none.</param>
/// <param name="Body">The text of the body, or <c>&lt;</c> and the path of a file; empty for no body.</param>
internal sealed record HttpFileRequest(string Title, int Expected, string? Name, string Method, string Url, IReadOnlyList<(string Name, string Value)> Headers, string Body);

/// <summary>
/// Reads the format of <c>.http</c> files that Visual Studio, Visual Studio Code (REST Client) and JetBrains IDEs have in common: variables
/// (<c>@name = value</c>), comments (<c>#</c>), and requests after lines that begin with <c>###</c>.
/// </summary>
internal sealed partial record HttpFile(IReadOnlyDictionary<string, string> Variables, IReadOnlyList<HttpFileRequest> Requests)
{
    public static HttpFile Parse(string text)
    {
        string[] parts = SeparatorLine().Split(text.ReplaceLineEndings("\n"));
        var variables = Variable().Matches(parts[0]).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        return new HttpFile(variables, [.. parts[1..].Select(ParseRequest)]);
    }

    private static HttpFileRequest ParseRequest(string part)
    {
        var lines = part.Split('\n');
        var comments = lines[1..].TakeWhile(line => line.StartsWith('#')).ToList();
        var rest = lines[(1 + comments.Count)..];
        var request = rest[0].Split(' ', 2);
        var headers = rest[1..].TakeWhile(line => line.Length > 0).Select(line => line.Split(": ", 2)).ToList();
        return new HttpFileRequest(
            lines[0].Trim(),
            int.Parse(Comment("# expect ") ?? throw new FormatException($"The request '{lines[0]}' has no comment # expect."), CultureInfo.InvariantCulture),
            Comment("# @name "),
            request[0],
            request[1],
            [.. headers.Select(header => (header[0], header[1]))],
            string.Join('\n', rest[(1 + headers.Count)..]).Trim());

        string? Comment(string start) => comments.Find(line => line.StartsWith(start, StringComparison.Ordinal))?[start.Length..].Trim();
    }

    [GeneratedRegex("^###", RegexOptions.Multiline)]
    private static partial Regex SeparatorLine();

    [GeneratedRegex(@"^@(\w+) = (.*)$", RegexOptions.Multiline)]
    private static partial Regex Variable();
}
