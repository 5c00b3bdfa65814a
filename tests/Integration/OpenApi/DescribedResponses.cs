using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ServerlessScale.HttpFuzz;
using ServerlessScale.Local;

namespace ServerlessScale.Tests.Integration.OpenApi;

/// <summary>
/// Compares every response that an integration test receives with the API description, and fails the test if they differ. The responses of the
/// host and of the edge are not compared, because the app does not create them.
/// </summary>
/// <param name="next">The handler that sends the request.</param>
/// <param name="seen">Receives each response that the app created.</param>
internal sealed class DescribedResponses(HttpMessageHandler next, Action<DescribedOperation, HttpResponseMessage, JsonElement?>? seen = null)
    : DelegatingHandler(next)
{
    /// <summary>The codes of the problems that the edge creates (docs/api.md).</summary>
    private static readonly string[] OfEdge =
    [
        "ambiguous-length", "incomplete-body", "no-edge-route", "refused-by-edge", "rate-limited", "instance-lost", "no-instance", "origin-failed",
        "instance-timeout",
    ];

    [ModuleInitializer]
    internal static void CompareAllResponses() => LocalCloud.ClientHandlers = handler => new DescribedResponses(handler);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (Description.OfBuiltApp.Find(request.Method, request.RequestUri!.AbsolutePath) is not { } operation || IsOfHost(response))
        {
            return response;
        }

        var body = await BodyAsync(request, response, cancellationToken);
        if (IsOfEdge(body))
        {
            return response;
        }

        seen?.Invoke(operation, response, body);
        var differences = operation.DifferencesFrom(response, body).ToList();
        if (differences.Count > 0)
        {
            throw new InvalidOperationException(
                $"The response {(int)response.StatusCode} to {request.Method} {request.RequestUri.PathAndQuery} differs from the API description: "
                + $"{string.Join("; ", differences)}. Body: {body}");
        }

        return response;
    }

    private static async Task<JsonElement?> BodyAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (request.Method == HttpMethod.Head || response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) != true)
        {
            return null;
        }

        // The test can still read the content, because it is now buffered.
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        return document.RootElement.Clone();
    }

    private static bool IsOfHost(HttpResponseMessage response) =>
        response.StatusCode >= HttpStatusCode.BadRequest && response.Content.Headers.ContentType?.MediaType is null or "text/plain";

    private static bool IsOfEdge(JsonElement? body) =>
        body is { ValueKind: JsonValueKind.Object } json
        && json.TryGetProperty("type", out var type)
        && type.GetString() is { } name
        && OfEdge.Any(code => name.EndsWith($"/{code}", StringComparison.Ordinal));
}
