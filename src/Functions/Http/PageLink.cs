using Microsoft.AspNetCore.Http;

namespace ServerlessScale.Functions.Http;

/// <summary>Links a page of a listing to its next page (RFC 8288), so that a client can page without knowing the body.</summary>
internal static class PageLink
{
    private const string Cursor = "cursor";

    /// <summary>Sets the <c>Link</c> header. Its target is the request's URL with the cursor of the next page.</summary>
    /// <param name="nextCursor">The cursor; null on the last page, which has no link.</param>
    public static void Add(HttpRequest request, string? nextCursor)
    {
        if (nextCursor is not null)
        {
            var query = request.Query
                .Where(parameter => !parameter.Key.Equals(Cursor, StringComparison.OrdinalIgnoreCase))
                .SelectMany(parameter => parameter.Value, (parameter, value) => KeyValuePair.Create(parameter.Key, value))
                .Append(KeyValuePair.Create(Cursor, (string?)nextCursor));
            request.HttpContext.Response.Headers.Link = $"<{request.Path.ToUriComponent()}{QueryString.Create(query)}>; rel=\"next\"";
        }
    }
}
