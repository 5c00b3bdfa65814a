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

/// <summary>The manifest's description of the animated variant, which is a WebP file.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Bytes">The size of the encoded file in bytes.</param>
public sealed record ImageAnimation(int Width, int Height, long Bytes)
{
    /// <summary>The variant's file name, e.g. <c>480-animated.webp</c>.</summary>
    public VariantName Name() => VariantName.Animation(Width);
}

/// <summary>
/// The file name of a variant, <c>{width}.{format}</c>, e.g. <c>960.webp</c>, or <c>{width}-animated.webp</c>. Leading zeros and upper-case
/// letters are rejected, so that each variant has exactly one name and caches store it only once.
/// </summary>
/// <param name="Width">The width in pixels, 1 to 99,999.</param>
/// <param name="Format"><c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
public readonly record struct VariantName(int Width, string Format)
{
    private const string AnimatedSuffix = "-animated";

    /// <summary>Whether this is the name of an animation, which is always in the format WebP.</summary>
    public bool IsAnimated { get; private init; }

    public static VariantName Animation(int width) => new(width, "webp") { IsAnimated = true };

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
        if (dot < 1)
        {
            return false;
        }

        var animated = text.AsSpan(0, dot).EndsWith(AnimatedSuffix, StringComparison.Ordinal);
        var digits = text.AsSpan(0, animated ? dot - AnimatedSuffix.Length : dot);
        if (digits.Length is < 1 or > 5 || digits[0] == '0'
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var width))
        {
            return false;
        }

        var format = text![(dot + 1)..];
        if (format is not ("webp" or "jpg" or "avif") || (animated && format != "webp"))
        {
            return false;
        }

        name = animated ? Animation(width) : new VariantName(width, format);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Width}{(IsAnimated ? AnimatedSuffix : "")}.{Format}");
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

/// <summary>The description of an animated variant for clients and webhook receivers.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Format">Always <c>webp</c>.</param>
/// <param name="Bytes">The size of the encoded file in bytes.</param>
/// <param name="Url">The variant's path; see <see cref="ImageUrls.Variant"/>.</param>
public sealed record AnimationView(int Width, int Height, string Format, long Bytes, string Url)
{
    public static AnimationView? Of(ImageManifest image) => image.Animation is { } animation
        ? new AnimationView(
            animation.Width, animation.Height, animation.Name().Format, animation.Bytes, ImageUrls.Variant(image.Id, animation.Name()))
        : null;
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
