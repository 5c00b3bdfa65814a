using System.Text.Json.Serialization;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Functions.Images;

/// <summary>The answer to an accepted upload.</summary>
internal sealed record ImageAccepted(string Id, ImageStatus Status, ImageLinks Links)
{
    public static ImageAccepted Of(ImageManifest image) => new(image.Id, image.Status, new ImageLinks($"/api/images/{image.Id}"));
}

/// <param name="Self">Path of the image's status.</param>
internal sealed record ImageLinks(string Self);

/// <summary>The body of <c>POST /api/uploads</c>.</summary>
internal sealed record UploadRequest
{
    public required string ContentType { get; init; }

    public required long Bytes { get; init; }
}

/// <param name="Headers">What the <c>PUT</c> to <paramref name="UploadUrl"/> must carry besides its body.</param>
/// <param name="ExpiresAt">UTC.</param>
internal sealed record UploadOffered(string Id, Uri UploadUrl, DateTimeOffset ExpiresAt, IReadOnlyDictionary<string, string> Headers);

/// <summary>The answer to <c>GET /api/images/{id}</c>.</summary>
internal sealed record ImageView
{
    public required string Id { get; init; }

    public required ImageStatus Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required ImageSource Source { get; init; }

    public required IReadOnlyList<VariantView> Variants { get; init; }

    public ImageError? Error { get; init; }

    public required ImageTimings Timings { get; init; }

    public static ImageView Of(ImageManifest image) => new()
    {
        Id = image.Id,
        Status = image.Status,
        CreatedAt = image.CreatedAt,
        Source = image.Source,
        Variants = [.. image.Variants.Select(v => new VariantView(
            v.Width, v.Height, v.Format, v.Bytes, ImageProblems.VariantUrl(image.Id, v.Name())))],
        Error = image.Error,
        Timings = image.Timings,
    };
}

internal sealed record VariantView(int Width, int Height, string Format, long Bytes, string Url);

/// <summary>Bodies of the image endpoints: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ImageAccepted))]
[JsonSerializable(typeof(ImageView))]
[JsonSerializable(typeof(UploadRequest))]
[JsonSerializable(typeof(UploadOffered))]
internal sealed partial class ImageResponsesJson : JsonSerializerContext;
