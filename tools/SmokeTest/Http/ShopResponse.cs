using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Http;

/// <summary>A response that has been read completely.</summary>
/// <param name="Request">The method and the address of the request, for messages.</param>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers, except those of the content.</param>
/// <param name="MediaType">The media type of the body; null if there is none.</param>
/// <param name="Body">The body.</param>
internal sealed record ShopResponse(string Request, int Status, HttpResponseHeaders Headers, string? MediaType, byte[] Body)
{
    /// <summary>
    /// The part of the edge that sent the response: Front Door's <c>X-Cache</c>, which LocalCloud's edge sets as well. Null if the response
    /// did not pass through an edge.
    /// </summary>
    public string? Cache => Header("X-Cache");

    /// <summary>
    /// Whether a cache of the edge sent the response. Front Door's <c>TCP_REMOTE_HIT</c> means that a cache in the region sent it
    /// (learn.microsoft.com/azure/cdn/cdn-msft-http-debug-headers).
    /// </summary>
    public bool IsFromCache => Cache is "TCP_HIT" or "TCP_REMOTE_HIT";

    /// <summary>The code of the problem document; null if the body is not a problem document of the shop.</summary>
    public string? Code => Problem?["type"]?.ToString().Split('/')[^1];

    /// <summary>The problem document (RFC 9457); null if the body is something else.</summary>
    private JsonObject? Problem => MediaType == "application/problem+json" ? TryParse() as JsonObject : null;

    /// <returns>The value of a header; null if the response does not have it.</returns>
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    /// <exception cref="CheckFailedException">The response does not have the header.</exception>
    public string RequireHeader(string name) => Header(name)
        ?? throw new CheckFailedException($"The response has no {name}", $"{Request} responded with {Status}, but without the header {name}.");

    /// <summary>Returns a member of the JSON object in the body.</summary>
    /// <exception cref="CheckFailedException">The body is not a JSON object, or does not have the member, or its value has another type.</exception>
    public T Member<T>(string name)
    {
        try
        {
            if (TryParse() is JsonObject body && body[name] is { } value)
            {
                return value is T node ? node : value.GetValue<T>();
            }
        }
        catch (Exception wrongType) when (wrongType is InvalidOperationException or FormatException)
        {
            // The value has another type.
        }

        throw new CheckFailedException("The response is not the documented one", $"{Request} responded with {Status}, but without a valid member \"{name}\".");
    }

    /// <exception cref="CheckFailedException">The response has another status.</exception>
    public ShopResponse Expect(int status) => Status == status ? this : throw new CheckFailedException(Unexpected(status));

    /// <summary>Describes a response with an unexpected status. A problem document already contains the description.</summary>
    private CheckProblem Unexpected(int expected)
    {
        var request = $"{Request} responded with {Status} instead of {expected}.";
        return Problem is { } problem
            ? new(
                problem["title"]?.ToString() ?? $"Status {Status}",
                $"{request} {problem["detail"]}".TrimEnd() + (Code is { } code ? $" ({code})" : ""),
                problem["pointer"]?.ToString())
            : new($"Status {Status} instead of {expected}", request);
    }

    private JsonNode? TryParse()
    {
        try
        {
            return JsonNode.Parse(Body);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
