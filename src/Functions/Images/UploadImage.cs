using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary><c>POST /api/images</c>: the body is the image.</summary>
public sealed class UploadImage(ImageUploads uploads)
{
    [Function(nameof(UploadImage))]
    [RequireScope("images.write")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/images")] HttpRequest request)
    {
        LeaveTheLimitToImageOptions(request);
        var outcome = await uploads.AcceptAsync(
            new ImageUpload
            {
                Owner = request.HttpContext.CustomerId(),
                ContentType = request.ContentType,
                ContentLength = request.ContentLength,
                Body = request.Body,
            },
            request.HttpContext.RequestAborted);
        return outcome.Succeeded(out var image, out var problem) ? AcceptedResult.Of(image, request) : problem.ToResult();
    }

    // Kestrel's own limit, 30 MB, would cap Images:MaxBytes without saying so.
    private static void LeaveTheLimitToImageOptions(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }
}
