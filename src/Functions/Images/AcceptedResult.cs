using Microsoft.AspNetCore.Http;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

internal static class AcceptedResult
{
    /// <summary>202 with <c>Location</c>: the image is stored and its job is queued.</summary>
    public static IResult Of(ImageManifest image, HttpRequest request)
    {
        var accepted = ImageAccepted.Of(image);
        request.HttpContext.Response.Headers.Location = accepted.Links.Self;
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(accepted, ImageResponsesJson.Default.ImageAccepted, statusCode: StatusCodes.Status202Accepted);
    }
}
