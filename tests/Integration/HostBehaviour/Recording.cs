using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ServerlessScale.Tests.Integration.HostBehaviour;

/// <summary>The features of a response that clients depend on: the status, the names of the headers, and the form of the body.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The names of the headers in lower case.</param>
/// <param name="Body"><c>empty</c>, <c>problem</c> for a problem document, or the media type.</param>
internal sealed partial record ResponseForm(int Status, IReadOnlyCollection<string> Headers, string Body)
{
    public bool IsInterim => Status < 200;

    public override string ToString() => $"{Status}, body {Body}, headers {string.Join(", ", Headers)}";

    /// <summary>Whether both responses look the same to a client. A recording made on an open connection has no Connection header.</summary>
    public bool Matches(ResponseForm recorded)
    {
        var ignored = recorded.Headers.Contains("connection") ? [] : (string[])["connection"];
        return Status == recorded.Status && Body == recorded.Body
            && Headers.Except(ignored).Order(StringComparer.Ordinal).SequenceEqual(recorded.Headers.Order(StringComparer.Ordinal));
    }

    /// <summary>Parses the responses in the text of a connection or of a section of a recording.</summary>
    public static List<ResponseForm> ParseAll(string text)
    {
        text = text.ReplaceLineEndings("\n");
        var starts = StatusLine().Matches(text);
        return [.. starts.Select((start, i) => Parse(
            int.Parse(start.Groups["status"].Value, CultureInfo.InvariantCulture),
            text[(start.Index + start.Length)..(i + 1 < starts.Count ? starts[i + 1].Index : text.Length)]))];
    }

    private static ResponseForm Parse(int status, string rest)
    {
        var end = rest.IndexOf("\n\n", StringComparison.Ordinal);
        var head = end < 0 ? rest : rest[..end];
        var body = (end < 0 ? "" : rest[end..]).Replace("<<EOF>>", "", StringComparison.Ordinal).Trim('\n');
        var headers = head.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .Where(line => line.Length == 2)
            .ToLookup(line => line[0].ToLowerInvariant(), line => line[1].Trim());
        var mediaType = headers["content-type"].FirstOrDefault()?.Split(';')[0] ?? "text";

        // A body of no chunks is empty, too.
        var form = body is "" or "0" ? "empty" : mediaType == "application/problem+json" ? "problem" : mediaType;
        return new(status, [.. headers.Select(header => header.Key)], form);
    }

    /// <summary>A status line, or the abbreviated one of responses.txt, which also states how long the response took.</summary>
    [GeneratedRegex(@"^(HTTP/1\.1 (?<status>\d{3})\b[^\n]*|(?<status>\d{3}) \([0-9.]+s\))\n", RegexOptions.Multiline)]
    private static partial Regex StatusLine();
}

/// <summary>The sections of a file, each of which begins with a line <c>### name</c>.</summary>
internal static partial class Sections
{
    public static string Directory { get; } = Path.Combine(AppContext.BaseDirectory, "HostBehaviour");

    /// <returns>The text before the first section, and the sections with their names.</returns>
    public static (string Preamble, List<(string Name, string Text)> All) Read(string file)
    {
        var text = File.ReadAllText(Path.Combine(Directory, file), Encoding.UTF8).ReplaceLineEndings("\n");
        var titles = Title().Matches(text);
        return (
            text[..(titles.Count > 0 ? titles[0].Index : text.Length)],
            [.. titles.Select((title, i) => (
                title.Groups["name"].Value,
                text[(title.Index + title.Length)..(i + 1 < titles.Count ? titles[i + 1].Index : text.Length)]))]);
    }

    [GeneratedRegex(@"^### (?<name>.+?)( \([0-9.]+s\))?\n", RegexOptions.Multiline)]
    private static partial Regex Title();
}

/// <summary>A deliberate deviation from the recording.</summary>
internal sealed record RecordingException
{
    public required string[] Cases { get; init; }

    public required string Reason { get; init; }

    /// <summary>The recorded case whose response is expected instead; null for the same case.</summary>
    public string? Like { get; init; }

    public int? Status { get; init; }

    public string? Body { get; init; }

    /// <summary>Header names that are expected in addition.</summary>
    public string[] Add { get; init; } = [];

    /// <summary>Recorded header names that are not expected.</summary>
    public string[] Remove { get; init; } = [];

    /// <summary>Whether only the last response of the connection deviates.</summary>
    public bool Last { get; init; }

    public static IReadOnlyList<RecordingException> All { get; } = JsonSerializer.Deserialize<List<RecordingException>>(
        File.ReadAllText(Path.Combine(Sections.Directory, "exceptions.json")), JsonSerializerOptions.Web)!;

    public List<ResponseForm> Apply(List<ResponseForm> recorded, Func<string, List<ResponseForm>> find)
    {
        var like = Like is null ? null : find(Like)[^1];
        return [.. recorded.Select((response, i) => Last && i < recorded.Count - 1 ? response : Applied(response, like))];
    }

    private ResponseForm Applied(ResponseForm recorded, ResponseForm? like)
    {
        var headers = (like ?? recorded).Headers.Concat(recorded.Headers.Where(name => name == "connection"));
        return new(
            Status ?? (like ?? recorded).Status,
            [.. headers.Concat(Add).Select(name => name.ToLowerInvariant()).Except(Remove.Select(name => name.ToLowerInvariant())).Distinct()],
            Body ?? (like ?? recorded).Body);
    }
}
