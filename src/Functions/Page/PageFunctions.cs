using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Problems;

namespace ServerlessScale.Functions.Page;

/// <summary>Serves the shop's page, which is a client of the HTTP API, and the configuration that the page needs.</summary>
public sealed class PageFunctions(PageFiles files, PagePolicy policy, Lazy<PageSignIn> signIn)
{
    /// <summary>
    /// Returns the page. Azure's host accepts a route for <c>/</c> only in this form, and only if its own home page is disabled
    /// (<c>AzureWebJobsDisableHomepage</c>).
    /// </summary>
    [Function("GetPage")]
    [RequestHeader("Range")]
    [RequestHeader("If-Range")]
    [ReturnsContent(200, "text/html", Headers = ["Accept-Ranges", "ETag", "Last-Modified", "Vary"])]
    [ReturnsContent(206, "text/html", Headers = ["Accept-Ranges", "Content-Range", "ETag", "Last-Modified", "Vary"])]
    [SupportsConditions]
    [Problems("page-missing", "range-not-satisfiable")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "{nothing:maxlength(0)?}")] HttpRequest request)
    {
        return SendDocument("index.html", request, policy.AddTo);
    }

    /// <summary>Returns the API reference, a page on which people read the API description and try the operations.</summary>
    [Function("GetApiReference")]
    [RequestHeader("Range")]
    [RequestHeader("If-Range")]
    [ReturnsContent(200, "text/html", Headers = ["Accept-Ranges", "ETag", "Last-Modified", "Vary"])]
    [ReturnsContent(206, "text/html", Headers = ["Accept-Ranges", "Content-Range", "ETag", "Last-Modified", "Vary"])]
    [SupportsConditions]
    [Problems("page-missing", "range-not-satisfiable")]
    public IResult GetReference([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/docs")] HttpRequest request)
    {
        return SendDocument("docs.html", request, PagePolicy.AddReferenceTo);
    }

    /// <summary>
    /// Returns a script, a style sheet or an icon of the page or of the API reference. The name of an asset changes with its content.
    /// </summary>
    [Function("GetPageAsset")]
    [RequestHeader("Range")]
    [RequestHeader("If-Range")]
    [ReturnsContent(200, "text/javascript", "text/css", "image/svg+xml", Headers = ["Accept-Ranges", "ETag", "Last-Modified", "Vary"])]
    [ReturnsContent(206, "text/javascript", "text/css", "image/svg+xml", Headers = ["Accept-Ranges", "Content-Range", "ETag", "Last-Modified", "Vary"])]
    [SupportsConditions]
    [Problems("asset-not-found", "range-not-satisfiable")]
    public IResult GetAsset(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "assets/{*path}")] HttpRequest request, string? path) =>
        files.OpenAsset(path ?? "", request) is { } asset
            ? Send(asset, "public, max-age=31536000, immutable", request.HttpContext.Response)
            : PageProblems.AssetNotFound().ToResult();

    /// <summary>Returns how people sign in on the page.</summary>
    [Function("GetPageConfig")]
    [Returns<PageConfigView>(200)]
    public IResult GetConfig([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/page-config")] HttpRequest request)
    {
        var config = signIn.Value.For(request);
        // Caches must not store a response with a token, nor give it to another page.
        request.HttpContext.Response.Headers.CacheControl = config.SignIn.Kind == "development" ? "no-store" : "max-age=300";
        return JsonResponse.Of(config, PageJson.Default.PageConfigView);
    }

    private IResult SendDocument(string name, HttpRequest request, Action<IHeaderDictionary> addPolicy)
    {
        if (files.OpenDocument(name, request) is not { } document)
        {
            return PageProblems.PageMissing().ToResult();
        }

        // The document names the assets of one build, so a cache must ask whether there is a newer build.
        addPolicy(request.HttpContext.Response.Headers);
        return Send(document, "no-cache", request.HttpContext.Response);
    }

    private static RangeResult Send(PageFile file, string cacheControl, HttpResponse response)
    {
        response.Headers.CacheControl = cacheControl;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (file.Coding is not null)
        {
            response.Headers.ContentEncoding = file.Coding;
        }

        return new()
        {
            Content = file.Content,
            ContentType = file.ContentType,
            ETag = file.ETag,
            LastModified = file.LastModified,
        };
    }
}

/// <summary>The problems of the page. Their codes and statuses are part of the HTTP contract.</summary>
internal static class PageProblems
{
    public static Problem PageMissing() => new(
        StatusCodes.Status404NotFound, "page-missing", "This app does not contain the page",
        "The app was built without the page (-p:BuildPage=false). Build it again with Node.js 20.19 or later. The API works without the page.");

    public static Problem AssetNotFound() => new(
        StatusCodes.Status404NotFound, "asset-not-found", "There is no such file",
        "The page has no file with this name. A new version of the page has other names. Load the page again.");
}
