using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Storage;

namespace ServerlessScale.Functions.Images;

/// <summary><c>GET /images/{id}/{width}.{format}</c>: the picture, for browsers and caches.</summary>
public sealed class GetVariant(ImageQueries images)
{
    [Function(nameof(GetVariant))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "images/{id}/{file}")] HttpRequest request,
        string id,
        string file)
    {
        var outcome = await images.OpenVariantAsync(id, file, WantsTheWhole(request), request.HttpContext.RequestAborted);
        if (!outcome.Succeeded(out var variant, out var problem))
        {
            return problem.ToResult();
        }

        var response = request.HttpContext.Response;
        response.Headers.CacheControl = VariantStore.CacheControl;
        response.Headers.XContentTypeOptions = "nosniff";
        return new RangeResult(TypedResults.Stream(
            variant.Content,
            variant.ContentType,
            lastModified: variant.LastModified,
            entityTag: new EntityTagHeaderValue(variant.ETag),
            enableRangeProcessing: true));
    }

    private static bool WantsTheWhole(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && !request.Headers.ContainsKey(HeaderNames.Range)
        && !request.Headers.ContainsKey(HeaderNames.IfNoneMatch)
        && !request.Headers.ContainsKey(HeaderNames.IfModifiedSince)
        && !request.Headers.ContainsKey(HeaderNames.IfMatch)
        && !request.Headers.ContainsKey(HeaderNames.IfUnmodifiedSince);
}
