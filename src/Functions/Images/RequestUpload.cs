using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary><c>POST /api/uploads</c>: a URL to upload one image to, straight into storage.</summary>
public sealed class RequestUpload(DirectUploads uploads)
{
    private static readonly Dictionary<string, string> PutHeaders = new() { ["x-ms-blob-type"] = "BlockBlob" };

    [Function(nameof(RequestUpload))]
    [RequireScope("images.write")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/uploads")] HttpRequest request)
    {
        var aborted = request.HttpContext.RequestAborted;
        var body = await JsonBody.ReadAsync(request, ImageResponsesJson.Default.UploadRequest, aborted);
        if (!body.Succeeded(out var upload, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await uploads.OfferAsync(request.HttpContext.CustomerId(), upload.ContentType, upload.Bytes, aborted);
        if (!outcome.Succeeded(out var ticket, out problem))
        {
            return problem.ToResult();
        }

        // The URL is a key: nothing on the way may keep it.
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new UploadOffered(ticket.Id.Value, ticket.UploadUrl, ticket.ExpiresAt, PutHeaders),
            ImageResponsesJson.Default.UploadOffered,
            statusCode: StatusCodes.Status201Created);
    }
}
