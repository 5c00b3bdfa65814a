using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;

namespace ServerlessScale.Tests.Integration.Secrets;

/// <summary>A response of the shop.</summary>
/// <param name="Receiver">The customer who sent the request; null for a request without a valid token.</param>
/// <param name="Request">The method, the path and the status.</param>
/// <param name="IsProblem">Whether the response is a problem document or has an error status.</param>
/// <param name="Text">The headers and the body.</param>
internal sealed record RecordedResponse(string? Receiver, string Request, bool IsProblem, string Text)
{
    public bool IsOfReading => Request.StartsWith("GET ", StringComparison.Ordinal);
}

/// <summary>Sends requests of one customer and records the responses.</summary>
internal sealed class RecordedClient(string? customer, HttpClient client, ConcurrentQueue<RecordedResponse> responses) : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Task<(int Status, string Text, JsonElement Json)> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public async Task<JsonElement> PostAsync(string path, string? json, params (string Name, string Value)[] headers) =>
        (await SendAsync(HttpMethod.Post, path, json is null ? null : Json(json), headers)).Json;

    /// <summary>Sends a request. Fails the test if the status is not the expected one.</summary>
    public async Task<JsonElement> ExpectAsync(int status, string method, string path, string? json, params (string Name, string Value)[] headers)
    {
        var response = await SendAsync(new HttpMethod(method), path, json is null ? null : Json(json), headers);
        Assert.True(response.Status == status, $"{method} {path}: {response.Status} {response.Text}");
        return response.Json;
    }

    public async Task<(int Status, string Text, JsonElement Json)> SendAsync(
        HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        using var response = await client.SendAsync(request, Ct);
        var body = await response.Content.ReadAsByteArrayAsync(Ct);
        var text = $"{response.Headers}{response.Content.Headers}\n{Encoding.Latin1.GetString(body)}";
        responses.Enqueue(new(customer, $"{method} {path} {(int)response.StatusCode}", (int)response.StatusCode >= 400, text));
        var isJson = body.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) is true;
        return ((int)response.StatusCode, text, isJson ? JsonSerializer.Deserialize<JsonElement>(body) : default);
    }

    public void Dispose() => client.Dispose();

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
