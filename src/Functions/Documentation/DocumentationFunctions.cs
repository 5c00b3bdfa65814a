using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;

namespace ServerlessScale.Functions.Documentation;

/// <summary>The description of this API.</summary>
public static class DocumentationFunctions
{
    /// <summary>
    /// The document, which the build writes beside the app (tools/OpenApi). It is read at the first request, so that cold starts of other
    /// functions need not read it.
    /// </summary>
    private static readonly Lazy<Task<Document>> Description = new(() => Document.ReadAsync("openapi.json"));

    /// <summary><c>GET /api/openapi.json</c>: returns the OpenAPI 3.1 description of this API.</summary>
    [Function("GetApiDescription")]
    [ReturnsContent(200, "application/json", Headers = ["ETag"])]
    [SupportsConditions]
    public static async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/openapi.json")] HttpRequest request)
    {
        var document = await Description.Value;
        var headers = request.HttpContext.Response.Headers;
        headers.ETag = document.ETag.ToString();
        headers.CacheControl = "public, max-age=300";
        // Tools on pages of other origins read the description, which is public.
        headers.AccessControlAllowOrigin = "*";
        return Preconditions.Evaluate(request, document.ETag) ?? TypedResults.Bytes(document.Content, "application/json");
    }

    /// <param name="Content">The document in UTF-8.</param>
    /// <param name="ETag">The entity tag, which is derived from the content, so that all instances respond with the same tag.</param>
    private sealed record Document(byte[] Content, EntityTagHeaderValue ETag)
    {
        public static async Task<Document> ReadAsync(string file)
        {
            var content = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, file));
            var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
            return new Document(content, new EntityTagHeaderValue($"\"{hash}\""));
        }
    }
}
