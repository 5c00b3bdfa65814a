using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Idempotency;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Images.Uploading;

namespace ServerlessScale.Functions.Images;

/// <summary>The HTTP API for uploads that clients send directly to storage.</summary>
public sealed class UploadFunctions(DirectUploads uploads)
{
    /// <summary>Issues a URL to which the client can upload one image.</summary>
    [Function("RequestUpload")]
    [RequireScope("images.write")]
    [Idempotent]
    [Accepts<UploadRequest>]
    [Returns<UploadOffered>(201)]
    [Problems("image-too-large", "unsupported-image-type")]
    public async Task<IResult> RequestAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/uploads")] HttpRequest request)
    {
        var aborted = request.HttpContext.RequestAborted;
        var body = await JsonBody.ReadAsync(request, ImageResponsesJson.Default.UploadRequest, aborted);
        if (!body.Succeeded(out var upload, out var problem))
        {
            return problem.ToResult();
        }

        var outcome = await uploads.OfferAsync(
            request.HttpContext.CustomerId(), upload.ContentType, upload.Bytes, request.HttpContext.Operation(), aborted);
        return outcome.Succeeded(out var ticket, out problem) ? ImageResponses.Offered(ticket, request) : problem.ToResult();
    }

    /// <summary>Checks a finished upload and queues its job.</summary>
    [Function("CompleteUpload")]
    [RequireScope("images.write")]
    [Idempotent]
    [Returns<ImageAccepted>(202, Headers = ["Location"])]
    [Problems(
        "image-not-found", "upload-missing", "upload-unreadable", "image-too-large", "unsupported-image-type", "upload-size-mismatch",
        "queue-unavailable")]
    public async Task<IResult> CompleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/uploads/{id}/complete")] HttpRequest request, string id)
    {
        var http = request.HttpContext;
        var outcome = await uploads.CompleteAsync(id, http.CustomerId(), http.Operation(), http.RequestAborted);
        return outcome.Succeeded(out var image, out var problem) ? ImageResponses.Accepted(image, request) : problem.ToResult();
    }
}
