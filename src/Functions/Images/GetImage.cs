using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary><c>GET /api/images/{id}</c>: status, variants or error, and timings.</summary>
public sealed class GetImage(ImageQueries images)
{
    [Function(nameof(GetImage))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/images/{id}")] HttpRequest request, string id)
    {
        var outcome = await images.FindAsync(id, request.HttpContext.RequestAborted);
        if (!outcome.Succeeded(out var stored, out var problem))
        {
            return problem.ToResult();
        }

        var etag = new EntityTagHeaderValue(stored.ETag.ToString("H"));
        var headers = request.HttpContext.Response.Headers;
        headers.ETag = etag.ToString();
        headers.CacheControl = "no-cache";
        if (stored.Manifest.Status is ImageStatus.Queued or ImageStatus.Processing)
        {
            headers.RetryAfter = ImageProblems.PollSeconds.ToString(CultureInfo.InvariantCulture);
        }

        return request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(etag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Json(ImageView.Of(stored.Manifest), ImageResponsesJson.Default.ImageView);
    }
}
