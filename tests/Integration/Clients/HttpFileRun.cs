using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessScale.Tests.Integration.Cart;

namespace ServerlessScale.Tests.Integration.Clients;

/// <summary>Sends the requests of a <c>.http</c> file in their order, and compares the statuses with the expected ones.</summary>
/// <param name="client">The client, whose handler compares the responses with the API description.</param>
/// <param name="folder">The folder of the file, to which the paths of bodies are relative.</param>
/// <param name="variables">The variables, such as <c>shop</c>.</param>
internal sealed partial class HttpFileRun(HttpClient client, string folder, IReadOnlyDictionary<string, string> variables)
{
    private readonly Dictionary<string, (HttpResponseHeaders Headers, JsonNode? Body)> _responses = [];
    private string? _session;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async Task SendAsync(HttpFileRequest request)
    {
        using var response = await SendUntilReadyAsync(request);
        var text = await response.Content.ReadAsStringAsync(Ct);

        Assert.True((int)response.StatusCode == request.Expected, $"{request.Title}: {(int)response.StatusCode} instead of {request.Expected}. {text}");
        if (Shopper.CookieOf(response) is { } cookie)
        {
            _session = cookie.Value.ToString();
        }

        if (request.Name is { } name)
        {
            var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
            _responses[name] = (response.Headers, isJson ? JsonNode.Parse(text) : null);
        }
    }

    /// <summary>Repeats a request for a status as long as the response asks the client to poll.</summary>
    private async Task<HttpResponseMessage> SendUntilReadyAsync(HttpFileRequest request)
    {
        HttpResponseMessage? response = null;
        await Eventually.TrueAsync(
            async () =>
            {
                response?.Dispose();
                using var message = Message(request);
                response = await client.SendAsync(message, Ct);
                return !response.IsSuccessStatusCode || response.Headers.RetryAfter is null;
            },
            request.Title);
        return response!;
    }

    private HttpRequestMessage Message(HttpFileRequest request)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), Expand(request.Url));
        var body = Expand(request.Body);
        if (body.StartsWith("< ", StringComparison.Ordinal))
        {
            message.Content = new ByteArrayContent(File.ReadAllBytes(Path.Combine(folder, body[2..])));
        }
        else if (body.Length > 0)
        {
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        foreach (var (name, value) in request.Headers)
        {
            HttpHeaders target = name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase) ? message.Content!.Headers : message.Headers;
            target.TryAddWithoutValidation(name, Expand(value));
        }

        if (_session is not null)
        {
            message.Headers.Add("Cookie", $"sid={_session}");
        }

        return message;
    }

    /// <summary>Replaces each <c>{{...}}</c> by its value, which may contain further references.</summary>
    private string Expand(string text) => Reference().Replace(text, match => Expand(ValueOf(match.Groups[1].Value)));

    private string ValueOf(string reference)
    {
        if (reference == "$guid")
        {
            return Guid.NewGuid().ToString();
        }

        if (variables.TryGetValue(reference, out var value))
        {
            return value;
        }

        var parts = reference.Split('.', 4);
        var (headers, body) = _responses[parts[0]];
        return parts[2] == "headers"
            ? headers.GetValues(parts[3]).Single()
            : Step().Matches(parts[3]["$".Length..]).Aggregate(body, Follow)!.ToString();
    }

    private static JsonNode? Follow(JsonNode? node, Match step) =>
        step.Groups["index"] is { Success: true } index ? node![int.Parse(index.ValueSpan, null)] : node![step.Groups["name"].Value];

    [GeneratedRegex(@"\{\{(.+?)\}\}")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\.(?<name>\w+)|\[(?<index>\d+)\]")]
    private static partial Regex Step();
}
