using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ServerlessScale.Shared.Images;

/// <summary>The manifest's description of a stored variant.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Format"><c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
/// <param name="Bytes">The size of the encoded file in bytes.</param>
public sealed record ImageVariant(int Width, int Height, string Format, long Bytes)
{
    /// <summary>The variant's file name, e.g. <c>960.webp</c>.</summary>
    public VariantName Name() => new(Width, Format);
}

/// <summary>
/// The file name of a variant, <c>{width}.{format}</c>, e.g. <c>960.webp</c>. Leading zeros and upper-case letters are rejected, so that
/// each variant has exactly one name and caches store it only once.
/// </summary>
/// <param name="Width">The width in pixels, 1 to 99,999.</param>
/// <param name="Format"><c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
public readonly record struct VariantName(int Width, string Format)
{
    /// <summary>The media type of <see cref="Format"/>.</summary>
    public string ContentType => Format switch
    {
        "webp" => "image/webp",
        "jpg" => "image/jpeg",
        "avif" => "image/avif",
        _ => throw new InvalidOperationException($"'{Format}' is not a variant format; the formats are webp, jpg and avif."),
    };

    public static bool TryParse([NotNullWhen(true)] string? text, out VariantName name)
    {
        name = default;
        var dot = text?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        if (dot is < 1 or > 5 || text![0] == '0'
            || !int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var width))
        {
            return false;
        }

        var format = text[(dot + 1)..];
        if (format is not ("webp" or "jpg" or "avif"))
        {
            return false;
        }

        name = new VariantName(width, format);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Width}.{Format}");
}

/// <summary>A variant's description for clients and webhook receivers.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Format"><c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
/// <param name="Bytes">The size of the encoded file in bytes.</param>
/// <param name="Url">The variant's path; see <see cref="ImageUrls.Variant"/>.</param>
public sealed record VariantView(int Width, int Height, string Format, long Bytes, string Url)
{
    public static IReadOnlyList<VariantView> AllOf(ImageManifest image) =>
    [
        .. image.Variants.Select(variant => new VariantView(
            variant.Width, variant.Height, variant.Format, variant.Bytes, ImageUrls.Variant(image.Id, variant.Name()))),
    ];
}

/// <summary>Builds the paths of an image's resources. The paths match the routes of the image functions.</summary>
public static class ImageUrls
{
    /// <summary>Returns the path of the image's status.</summary>
    public static string Status(string id) => $"/api/images/{id}";

    public static string Variant(string id, VariantName name) => File(id, $"{name}");

    /// <summary>Returns the path of a variant or a size. The signature of a size signs this path.</summary>
    public static string File(string id, string file) => $"/images/{id}/{file}";
}
