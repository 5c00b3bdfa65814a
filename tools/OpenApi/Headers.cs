using System.Text.Json.Nodes;

namespace ServerlessScale.OpenApi;

/// <summary>The headers of the API. A header has the same meaning in all operations, so its description exists once.</summary>
internal static class Headers
{
    /// <summary>The conditional request headers (RFC 9110 section 13.1).</summary>
    public static readonly string[] Conditional = ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"];

    /// <summary>The headers of all responses (docs/api.md).</summary>
    public static readonly string[] OfAllResponses = ["Cache-Control", "X-Content-Type-Options"];

    private static readonly Dictionary<string, (string Description, JsonObject Schema)> Known = new()
    {
        ["Accept-Ranges"] = ("`bytes`, because the operation supports `Range`.", Text()),
        ["Cache-Control"] = ("Whether and how long caches may store the response (RFC 9111).", Text()),
        ["Consistency-Token"] = (
            "Identifies a write. A read with this token reflects at least this write, whichever replica serves the read.", Text()),
        ["Content-Language"] = ("The language of the response (RFC 9110 section 8.5).", Text()),
        ["Content-Range"] = ("The position of the returned range in the file (RFC 9110 section 14.4).", Text()),
        ["ETag"] = ("The entity tag of the representation (RFC 9110 section 8.8.3).", Text()),
        ["Idempotency-Key"] = (
            "Identifies the request when it is repeated (draft-ietf-httpapi-idempotency-key-header): 1 to 255 printable ASCII characters, or "
            + "a structured field string (RFC 9651). Choose a new key for each new request. The server keeps keys for 24 hours.",
            Text()),
        ["Idempotency-Replayed"] = ("Present if the response is that of an earlier request with the same key.", new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray("true"),
        }),
        ["If-Match"] = ("Performs the operation only if the resource has this entity tag (RFC 9110 section 13.1.1).", Text()),
        ["If-Modified-Since"] = ("Returns 304 if the resource has not changed since this time (RFC 9110 section 13.1.3).", Text()),
        ["If-None-Match"] = (
            "Performs the operation only if the resource has none of these entity tags (RFC 9110 section 13.1.2). `*` means that the resource "
            + "must not exist.", Text()),
        ["If-Range"] = ("Ignores `Range` unless the file has this validator (RFC 9110 section 13.1.5).", Text()),
        ["If-Unmodified-Since"] = ("Performs the operation only if the resource has not changed since this time (RFC 9110 section 13.1.4).", Text()),
        ["Last-Modified"] = ("The time of the last change (RFC 9110 section 8.8.2).", Text()),
        ["Link"] = ("The next page of a list, with the relation `next` (RFC 8288). Absent on the last page.", Text()),
        ["Location"] = ("The path of the resource (RFC 9110 section 10.2.2).", new JsonObject { ["type"] = "string", ["format"] = "uri-reference" }),
        ["Range"] = ("The range of bytes to return (RFC 9110 section 14.2).", Text()),
        ["Retry-After"] = ("The time to wait before the next request, in seconds (RFC 9110 section 10.2.3).", new JsonObject
        {
            ["type"] = "integer",
            ["minimum"] = 0,
        }),
        ["Set-Cookie"] = ("The session cookie `sid`.", Text()),
        ["Vary"] = ("The request headers that select the representation (RFC 9110 section 12.5.5).", Text()),
        ["WWW-Authenticate"] = ("How to authenticate (RFC 6750 section 3).", Text()),
        ["X-Content-Type-Options"] = ("`nosniff`: browsers must not guess another media type.", Text()),
    };

    /// <summary>Describes response headers as components.</summary>
    public static JsonObject Components(IEnumerable<string> names) => new(names.Select(name => KeyValuePair.Create(name, (JsonNode?)new JsonObject
    {
        ["description"] = Of(name).Description,
        ["schema"] = Of(name).Schema.DeepClone(),
    })));

    /// <returns>A reference to the component of a header.</returns>
    /// <exception cref="InvalidOperationException">The header is not listed in this class.</exception>
    public static JsonObject Reference(string name)
    {
        _ = Of(name);
        return new JsonObject { ["$ref"] = $"#/components/headers/{name}" };
    }

    /// <param name="pattern">The regular expression (ECMA-262) that the header matches; null for none.</param>
    /// <exception cref="InvalidOperationException">The header is not listed in this class.</exception>
    public static JsonObject Request(string name, bool required, string? pattern = null)
    {
        var schema = Of(name).Schema.DeepClone().AsObject();
        if (pattern is not null)
        {
            schema["pattern"] = pattern;
        }

        return new JsonObject
        {
            ["name"] = name,
            ["in"] = "header",
            ["required"] = required,
            ["description"] = Of(name).Description,
            ["schema"] = schema,
        };
    }

    private static (string Description, JsonObject Schema) Of(string name) => Known.TryGetValue(name, out var header)
        ? header
        : throw new InvalidOperationException($"The header {name} has no description. Add it to {nameof(Headers)} in tools/OpenApi.");

    private static JsonObject Text() => new() { ["type"] = "string" };
}
