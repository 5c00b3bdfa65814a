using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ServerlessScale.Local.Lab.Http;

/// <summary>
/// Serves the laboratory's page at <c>/lab</c>. The page has no secret: it gets the token from <c>/_local/session</c>. The build copies its
/// files from web/dist-lab into a folder beside the program.
/// </summary>
/// <param name="folder">The folder with <c>index.html</c>.</param>
internal sealed class LabPage(string folder)
{
    public const string Prefix = "/lab";

    /// <summary>Allows only files and requests of the page's own origin (CSP 3).</summary>
    public const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    /// <summary>The media types of the files that the page's build can create.</summary>
    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    /// <summary>The files by their paths, such as <c>/lab/assets/index-1a2b3c4d.js</c>. They are read at the first request.</summary>
    private readonly Lazy<FrozenDictionary<string, PageFile>> _files = new(() => Read(folder));

    public LabPage()
        : this(Path.Combine(AppContext.BaseDirectory, "lab-page"))
    {
    }

    /// <summary>Handles a request whose path begins with <see cref="Prefix"/>.</summary>
    public Task HandleAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            response.Headers.Allow = "GET, HEAD";
            return new LabProblem(
                StatusCodes.Status405MethodNotAllowed, "method-not-allowed", "Method not allowed", "The allowed methods are: GET, HEAD.").WriteAsync(context);
        }

        var path = request.Path.Value!;
        var isDocument = path is Prefix or Prefix + "/";
        if (!_files.Value.TryGetValue(isDocument ? Prefix : path, out var file))
        {
            return (isDocument
                ? new LabProblem(
                    StatusCodes.Status404NotFound, "page-missing", "This build does not contain the page",
                    "LocalCloud was built without its pages (-p:BuildPage=false). Build it again with Node.js 20.19 or later. The experiments also run "
                    + "without the page: dotnet run --project tools/LocalCloud -- lab --list")
                : new(
                    StatusCodes.Status404NotFound, "asset-not-found", "There is no such file",
                    "The page has no file with this name. A new version of the page has other names. Load the page again.")).WriteAsync(context);
        }

        if (isDocument)
        {
            response.Headers.ContentSecurityPolicy = Policy;
            response.Headers["Referrer-Policy"] = "no-referrer";
            response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
            response.Headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        }

        // The document names the assets of one build, so a cache must ask whether there is a newer build.
        response.Headers.CacheControl = isDocument ? "no-cache" : "max-age=31536000, immutable";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: file.ETag).ExecuteAsync(context);
    }

    private static FrozenDictionary<string, PageFile> Read(string folder)
    {
        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        foreach (var file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
        {
            if (ContentTypes.TryGetValue(Path.GetExtension(file), out var contentType))
            {
                var content = File.ReadAllBytes(file);
                var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
                files[name == "index.html" ? Prefix : $"{Prefix}/{name}"] =
                    new(content, contentType, new($"\"{Convert.ToHexStringLower(SHA256.HashData(content)[..8])}\""));
            }
        }

        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private sealed record PageFile(byte[] Content, string ContentType, EntityTagHeaderValue ETag);
}
