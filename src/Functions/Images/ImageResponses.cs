using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Functions.Http;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Uploading;

namespace ServerlessScale.Functions.Images;

/// <summary>Creates the responses that image and upload functions share, with their headers.</summary>
internal static class ImageResponses
{
    private static readonly Dictionary<string, string> PutHeaders = new() { ["x-ms-blob-type"] = "BlockBlob" };

    /// <summary>Returns 202 with <c>Location</c> after the image has been stored and its job queued.</summary>
    public static IResult Accepted(ImageManifest image, HttpRequest request)
    {
        var location = ImageUrls.Status(image.Id);
        request.HttpContext.Response.Headers.Location = location;
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return JsonResponse.Of(
            new ImageAccepted(image.Id, image.Status, new ImageLinks(location)),
            ImageResponsesJson.Default.ImageAccepted,
            statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>Returns 201 with an upload URL.</summary>
    public static IResult Offered(UploadTicket ticket, HttpRequest request)
    {
        // Anyone who has the URL can upload, so no cache may store it.
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        return JsonResponse.Of(
            new UploadOffered(ticket.Id.Value, ticket.UploadUrl, ticket.ExpiresAt, PutHeaders),
            ImageResponsesJson.Default.UploadOffered,
            statusCode: StatusCodes.Status201Created);
    }
}

/// <summary>The response to an accepted upload.</summary>
internal sealed record ImageAccepted(string Id, ImageStatus Status, ImageLinks Links);

/// <param name="Self">The path of the image's status.</param>
internal sealed record ImageLinks(string Self);

/// <summary>The request body of <c>POST /api/uploads</c>.</summary>
internal sealed record UploadRequest
{
    /// <summary>The media type of the image.</summary>
    [AllowedValues(ImageContentTypes.Jpeg, ImageContentTypes.Png, ImageContentTypes.Gif, ImageContentTypes.Webp)]
    public required string ContentType { get; init; }

    /// <summary>The exact size of the image. The limit of most installations is lower: 25 MiB by default.</summary>
    [Range(1, ImageOptions.LargestMaxBytes)]
    public required long Bytes { get; init; }
}

/// <summary>The response to <c>POST /api/uploads</c>.</summary>
/// <param name="Id">The image's id.</param>
/// <param name="UploadUrl">The URL to which the client sends the image with <c>PUT</c>.</param>
/// <param name="ExpiresAt">The time at which the URL expires, in UTC.</param>
/// <param name="Headers">The headers that the <c>PUT</c> request must contain.</param>
internal sealed record UploadOffered(string Id, Uri UploadUrl, DateTimeOffset ExpiresAt, IReadOnlyDictionary<string, string> Headers);

/// <summary>The response to <c>GET /api/images/{id}</c>.</summary>
internal sealed record ImageView
{
    public required string Id { get; init; }

    public required ImageStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required ImageSource Source { get; init; }

    public required IReadOnlyList<VariantView> Variants { get; init; }

    /// <summary>
    /// The animated variant of an animated GIF or WebP. Null for still images, until the image is upgraded, and if the animation exceeds a
    /// limit.
    /// </summary>
    public AnimationView? Animation { get; init; }

    /// <summary>The time in UTC after which no further variant is added. Null until then, and for images without an upgrade.</summary>
    public DateTimeOffset? UpgradedAt { get; init; }

    /// <summary>
    /// A blurred placeholder of the image, as a ThumbHash in base64 (https://evanw.github.io/thumbhash). Null unless the image is ready.
    /// </summary>
    public string? ThumbHash { get; init; }

    /// <summary>The most frequent colour of the image in sRGB, as <c>#rrggbb</c>. Null unless the image is ready.</summary>
    public string? DominantColor { get; init; }

    public ImageError? Error { get; init; }

    public required ImageTimings Timings { get; init; }

    public static ImageView Of(ImageManifest image) => new()
    {
        Id = image.Id,
        Status = image.Status,
        CreatedAt = image.CreatedAt,
        Source = image.Source,
        Variants = VariantView.AllOf(image),
        Animation = AnimationView.Of(image),
        UpgradedAt = image.UpgradedAt,
        ThumbHash = image.ThumbHash,
        DominantColor = image.DominantColor,
        Error = image.Error,
        Timings = image.Timings,
    };
}

/// <summary>Serializes the bodies of image and upload requests and responses. Names are in camelCase, and nulls are omitted.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ImageAccepted))]
[JsonSerializable(typeof(ImageView))]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(UploadOffered))]
internal sealed partial class ImageResponsesJson : JsonSerializerContext;
