using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessScale.Functions.Http;
using ServerlessScale.Functions.Idempotency;
using ServerlessScale.Functions.Identity;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Sizes;
using ServerlessScale.Shared.Images.Storage;
using ServerlessScale.Shared.Images.Uploading;

namespace ServerlessScale.Functions.Images;

/// <summary>The HTTP API for images and their variants.</summary>
/// <remarks>
/// <see cref="ImageUploads"/> is constructed on its first use, because it creates the queue client. Functions that only read do not need
/// the queue client, and creating it would lengthen their cold starts. For the same reason, <see cref="SizeMaking"/> is constructed only for
/// requests for sizes.
/// </remarks>
public sealed class ImageFunctions(
    Lazy<ImageUploads> uploads, ImageQueries images, ImageRemoval removal, SizeSignatures signatures, Lazy<SizeMaking> sizes)
{
    /// <summary>
    /// Stores the request body as an image and queues the job that creates its variants. Photographs are uploaded directly to storage
    /// instead (<see cref="UploadFunctions"/>), because the Functions host buffers the body of this request in memory.
    /// </summary>
    [Function("UploadImage")]
    [RequireScope("images.write")]
    [Idempotent(StreamsBody = true)]
    [AcceptsContent(ImageContentTypes.Jpeg, ImageContentTypes.Png, ImageContentTypes.Gif, ImageContentTypes.Webp)]
    [Returns<ImageAccepted>(202, Headers = ["Location"])]
    [Problems("empty-body", "image-too-large", "unsupported-image-type", "queue-unavailable")]
    public async Task<IResult> UploadAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/images")] HttpRequest request)
    {
        RemoveBodySizeLimit(request);

        var outcome = await uploads.Value.AcceptAsync(
            new ImageUpload
            {
                Owner = request.HttpContext.CustomerId(),
                ContentType = request.ContentType,
                ContentLength = request.ContentLength,
                Body = request.Body,
                Operation = request.HttpContext.Operation(),
            },
            request.HttpContext.RequestAborted);
        return outcome.Succeeded(out var image, out var problem) ? ImageResponses.Accepted(image, request) : problem.ToResult();
    }

    /// <summary>Returns an image's status with its variants, its error and its timings.</summary>
    [Function("GetImage")]
    [Returns<ImageView>(200, Headers = ["ETag", "Retry-After"])]
    [SupportsConditions]
    [Problems("image-not-found")]
    public async Task<IResult> GetAsync(
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

        return Preconditions.Evaluate(request, etag)
            ?? JsonResponse.Of(ImageView.Of(stored.Manifest), ImageResponsesJson.Default.ImageView);
    }

    /// <summary>
    /// Returns the bytes of a variant such as <c>960.webp</c>, or of a size such as <c>w400-h300-cover-x50y30-q70.webp</c>, which is made on
    /// its first request. The URL of a size must be signed. Supports ranges and preconditions, and allows caches to store the response forever.
    /// </summary>
    [Function("GetVariant")]
    [RequestHeader("Range")]
    [RequestHeader("If-Range")]
    [QueryParameter("s", "The signature of a size: the id of a key, a dot, and the HMAC-SHA256 of the path in base64url. Variants need none.")]
    [ReturnsContent(200, "image/webp", "image/jpeg", "image/avif", Headers = ["Accept-Ranges", "ETag", "Last-Modified"])]
    [ReturnsContent(206, "image/webp", "image/jpeg", "image/avif", Headers = ["Accept-Ranges", "Content-Range", "ETag", "Last-Modified"])]
    [SupportsConditions]
    [Problems(
        "image-not-found", "image-not-ready", "image-failed", "variant-not-found", "range-not-satisfiable", "size-not-signed", "size-limit-reached",
        "size-unavailable")]
    public async Task<IResult> GetVariantAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "images/{id}/{file}")] HttpRequest request,
        string id,
        string file)
    {
        // A signature on the URL of a variant is checked, too. Otherwise the edge could be made to store a variant once for each value.
        var isSize = ImageSize.TryParse(file, out var size);
        var signature = request.QueryParameter("s");
        if ((isSize || signature is not null) && signatures.Check(ImageUrls.File(id, file), signature) is { } unsigned)
        {
            return unsigned.ToResult();
        }

        var aborted = request.HttpContext.RequestAborted;
        var outcome = isSize
            ? await sizes.Value.OpenAsync(id, size!, WantsWholeFile(request), aborted)
            : await images.OpenVariantAsync(id, file, WantsWholeFile(request), aborted);
        if (!outcome.Succeeded(out var variant, out var problem))
        {
            return problem.ToResult();
        }

        var response = request.HttpContext.Response;
        response.Headers.CacheControl = VariantStore.CacheControl;
        response.Headers.XContentTypeOptions = "nosniff";
        return new RangeResult
        {
            Content = variant.Content,
            ContentType = variant.ContentType,
            ETag = new EntityTagHeaderValue(variant.ETag),
            LastModified = variant.LastModified,
        };
    }

    /// <summary>Deletes the original, the variants and the status. The image can be deleted while its variants are being created.</summary>
    [Function("DeleteImage")]
    [RequireScope("images.write")]
    [Returns(204)]
    [Problems("image-not-found")]
    public async Task<IResult> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/images/{id}")] HttpRequest request, string id)
    {
        var problem = await removal.DeleteAsync(id, request.HttpContext.CustomerId(), request.HttpContext.RequestAborted);
        if (problem is not null)
        {
            return problem.ToResult();
        }

        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.NoContent();
    }

    /// <summary>Disables Kestrel's limit of 30 MB, so that only <see cref="ImageOptions.MaxPostedBytes"/> limits the size.</summary>
    private static void RemoveBodySizeLimit(HttpRequest request)
    {
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    /// <summary>
    /// Returns whether the response will contain the complete file. With a range or a precondition, the response may contain only a part of
    /// the file or none of it.
    /// </summary>
    private static bool WantsWholeFile(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && !Preconditions.AreIn(request);
}
