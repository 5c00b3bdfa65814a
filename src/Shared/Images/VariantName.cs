using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ServerlessScale.Shared.Images;

/// <summary>
/// The file name of a variant, <c>{width}.{format}</c>, e.g. <c>960.webp</c>. One variant has one spelling (no leading zeros, lower
/// case), so that caches hold it once.
/// </summary>
/// <param name="Width">Pixels, 1 to 99,999.</param>
/// <param name="Format"><c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
public readonly record struct VariantName(int Width, string Format)
{
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
