using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Functions.Http;

/// <summary>Links a page of a listing to its next page (RFC 8288), so that a client can page without knowing the body.</summary>
internal static class PageLink
{
    private const string Cursor = "cursor";

    /// <summary>
    /// Sets the <c>Link</c> header. Its target is the request's path with the listing's own parameters and the cursor of the next page. Other
    /// parameters are left out: they have no effect, and the edge caches one response for all their values.
    /// </summary>
    /// <param name="request">The request for the current page.</param>
    /// <param name="nextCursor">The cursor; null on the last page, which has no link.</param>
    /// <param name="parameters">The names of the listing's other query parameters.</param>
    public static void Add(HttpRequest request, string? nextCursor, params IEnumerable<string> parameters)
    {
        if (nextCursor is not null)
        {
            var query = parameters
                .SelectMany(name => request.Query[name], (name, value) => KeyValuePair.Create(name, value))
                .Append(KeyValuePair.Create(Cursor, (string?)nextCursor));
            request.HttpContext.Response.Headers.Link = $"<{request.Path.ToUriComponent()}{QueryString.Create(query)}>; rel=\"next\"";
        }
    }
}
