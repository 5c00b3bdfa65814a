using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ServerlessScale.Shared.Images;

/// <summary>The way in which an image is fitted into a box.</summary>
public enum SizeFit
{
    /// <summary>The whole image, as large as the box allows. The result may be narrower or lower than the box.</summary>
    Inside,

    /// <summary>The box filled by the image. The parts of the image that are outside of the box are cut off.</summary>
    Cover,

    /// <summary>The whole image in the middle of the box. The rest is transparent in WebP and white in JPEG.</summary>
    Contain,
}

/// <summary>
/// A size that a client requests with a signed URL. Its file name is <c>w{width}</c>, <c>h{height}</c> or
/// <c>w{width}-h{height}-{fit}</c>, then after <c>cover</c> optionally the focal point <c>-x{percent}y{percent}</c>, optionally the quality
/// <c>-q{quality}</c>, and the format, e.g. <c>w400-h300-cover-x50y30-q70.webp</c>. Each size has exactly one name, so that it is made and
/// cached only once.
/// </summary>
/// <param name="Width">The width of the box in pixels, 1 to <see cref="MaxSide"/>. Null when only the height is limited.</param>
/// <param name="Height">The height of the box in pixels, 1 to <see cref="MaxSide"/>. Null when only the width is limited.</param>
/// <param name="Format"><c>webp</c> or <c>jpg</c>.</param>
public sealed partial record ImageSize(int? Width, int? Height, string Format)
{
    /// <summary>The largest width and height of a box in pixels.</summary>
    public const int MaxSide = 4096;

    /// <summary>The focal point if the name contains none, in percent: the middle.</summary>
    private const int Middle = 50;

    public SizeFit Fit { get; init; }

    /// <summary>The distance of the focal point from the left edge of the image, in percent of the width. Used with <see cref="SizeFit.Cover"/>.</summary>
    public int FocusX { get; init; } = Middle;

    /// <summary>The distance of the focal point from the top edge of the image, in percent of the height. Used with <see cref="SizeFit.Cover"/>.</summary>
    public int FocusY { get; init; } = Middle;

    /// <summary>The quality, 1 to 100. Null for the quality that the settings define for the format.</summary>
    public int? Quality { get; init; }

    /// <summary>The media type of <see cref="Format"/>.</summary>
    public string ContentType => new VariantName(0, Format).ContentType;

    /// <returns>False when the text is not the name of a size, or names a default value.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageSize? size)
    {
        size = null;
        if (text is not ['w' or 'h', ..] || Name().Match(text) is not { Success: true } match)
        {
            return false;
        }

        var parsed = new ImageSize(Number("w"), Number("h"), match.Groups["format"].Value)
        {
            Fit = match.Groups["fit"].Value switch { "cover" => SizeFit.Cover, "contain" => SizeFit.Contain, _ => SizeFit.Inside },
            FocusX = Number("x") ?? Middle,
            FocusY = Number("y") ?? Middle,
            Quality = Number("q"),
        };
        if (parsed is { Width: > MaxSide } or { Height: > MaxSide } || parsed.ToString() != text)
        {
            return false;
        }

        size = parsed;
        return true;

        int? Number(string group) =>
            match.Groups[group] is { Success: true } found ? int.Parse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Returns the file name.</summary>
    public override string ToString()
    {
        string[] parts =
        [
            Width is { } width ? $"w{width}" : "",
            Height is { } height ? $"h{height}" : "",
            (Width, Height) is ({ }, { }) ? Fit switch { SizeFit.Cover => "cover", SizeFit.Contain => "contain", _ => "inside" } : "",
            Fit == SizeFit.Cover && (FocusX, FocusY) != (Middle, Middle) ? $"x{FocusX}y{FocusY}" : "",
            Quality is { } quality ? $"q{quality}" : "",
        ];
        return $"{string.Join('-', parts.Where(part => part.Length > 0))}.{Format}";
    }

    [GeneratedRegex(
        @"^(?:w(?<w>[1-9][0-9]{0,3})|h(?<h>[1-9][0-9]{0,3})|w(?<w>[1-9][0-9]{0,3})-h(?<h>[1-9][0-9]{0,3})-(?:(?<fit>inside|contain)|(?<fit>cover)(?:-x(?<x>[1-9]?[0-9]|100)y(?<y>[1-9]?[0-9]|100))?))(?:-q(?<q>[1-9][0-9]?|100))?\.(?<format>webp|jpg)\z",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
