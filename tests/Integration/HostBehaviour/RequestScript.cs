using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessScale.Tests.Integration.Images;

namespace ServerlessScale.Tests.Integration.HostBehaviour;

/// <summary>Sends the requests of a file to a host. README.md describes the format of the file.</summary>
internal sealed partial class RequestScript(Uri host, string token)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal)
    {
        ["host"] = host.Authority,
        ["token"] = token,
    };

    /// <returns>The text of each connection, by the name of the request.</returns>
    public async Task<Dictionary<string, string>> RunAsync(string file)
    {
        var (preamble, sections) = Sections.Read(file);
        if (preamble.Contains("@concurrent", StringComparison.Ordinal))
        {
            var all = await Task.WhenAll(sections.Select(async section => (section.Name, Text: await SendAsync(section.Text))));
            return all.ToDictionary(response => response.Name, response => response.Text, StringComparer.Ordinal);
        }

        var responses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, text) in sections)
        {
            responses[name] = await SendAsync(text);
        }

        return responses;
    }

    private async Task<string> SendAsync(string section)
    {
        var lines = section.Split('\n');
        var directives = lines.TakeWhile(line => line.StartsWith('@')).Select(line => line.Split(' ', 2)).ToList();
        var text = Expand(string.Join('\n', lines[directives.Count..]).Trim('\n'));
        var until = directives.Find(directive => directive[0] == "@until")?[1];
        for (var deadline = DateTime.UtcNow + Patience; ; await Task.Delay(200))
        {
            var response = await ExchangeAsync(text, Has("@chunked"), Has("@end-sending"));
            if (until is null || response.Contains(until, StringComparison.Ordinal) || DateTime.UtcNow > deadline)
            {
                foreach (var directive in directives.Where(directive => directive[0] == "@save"))
                {
                    Save(directive[1].Split(' '), response);
                }

                return response;
            }
        }

        bool Has(string directive) => directives.Exists(given => given[0] == directive);
    }

    private async Task<string> ExchangeAsync(string text, bool chunked, bool endSending)
    {
        var (server, bytes) = text.Split('\n', 2)[0].Contains(" HTTP/1.", StringComparison.Ordinal)
            ? (host, text.ReplaceLineEndings("\r\n") + "\r\n\r\n")
            : Complete(text, chunked);
        using var client = await RawClient.ConnectAsync(server);
        var sending = SendAllAsync();
        var response = await client.ReadToEndAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return response;

        async Task SendAllAsync()
        {
            await client.SendAsync(bytes);
            if (endSending)
            {
                client.EndSending();
            }
        }
    }

    /// <summary>Adds the HTTP version and the headers that every request needs.</summary>
    private (Uri Server, string Bytes) Complete(string text, bool chunked)
    {
        var parts = text.Split("\n\n", 2);
        var head = parts[0].Split('\n');
        var body = parts.Length > 1 ? parts[1] : "";
        var target = head[0].Split(' ')[1];
        var server = target.StartsWith("http", StringComparison.Ordinal) ? new Uri(target) : host;
        var length = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}";
        var framed = chunked ? $"{body.Length:X}\r\n{body}\r\n0\r\n\r\n" : body;
        string[] headers =
        [
            $"{head[0].Replace(server.GetLeftPart(UriPartial.Authority), "", StringComparison.Ordinal)} HTTP/1.1",
            $"Host: {server.Authority}", "Connection: close", .. head[1..],
            .. head[0].StartsWith('P') || body.Length > 0 ? (string[])[length] : [],
        ];
        return (server, $"{string.Join("\r\n", headers)}\r\n\r\n{framed}");
    }

    private string Expand(string text) => Placeholder().Replace(Escape().Replace(text, match => Character(match.Groups[1].Value)), match =>
    {
        var number = match.Groups["number"].Value is { Length: > 0 } digits ? int.Parse(digits, CultureInfo.InvariantCulture) : 0;
        return match.Groups["name"].Value switch
        {
            "fill" => new string('a', number),
            "headers" => string.Join('\n', Enumerable.Range(1, number).Select(i => $"X-{i}: x")),
            "jpeg" => Encoding.Latin1.GetString(Pictures.JpegOfSize(number)),
            "photograph" => Encoding.Latin1.GetString(Pictures.Jpeg(2000, 1500)),
            var name => _values.GetValueOrDefault(name, match.Value),
        };
    });

    private static string Character(string hexadecimal) =>
        ((char)byte.Parse(hexadecimal, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString();

    private void Save(string[] what, string response)
    {
        if (what is [var name, "header", var header])
        {
            var value = Regex.Match(response, $"^{header}: ([^\r;]*)", RegexOptions.Multiline | RegexOptions.IgnoreCase);
            _values[name] = value.Success ? value.Groups[1].Value : "";
        }
        else if (what is [var member, "json", var path] && response.IndexOf('{', StringComparison.Ordinal) is >= 0 and var start)
        {
            using var json = JsonDocument.Parse(response[start..(response.LastIndexOf('}') + 1)]);
            _values[member] = json.RootElement.TryGetProperty(path, out var value) ? value.ToString() : "";
        }
    }

    [GeneratedRegex(@"\{(?<name>[a-zA-Z]+)(:(?<number>\d+))?\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\\x([0-9A-F]{2})")]
    private static partial Regex Escape();
}
