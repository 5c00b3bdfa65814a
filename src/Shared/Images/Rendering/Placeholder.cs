namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>What a page can show in place of an image until a variant has arrived.</summary>
/// <param name="ThumbHash">A ThumbHash (https://evanw.github.io/thumbhash), 5 to 25 bytes.</param>
/// <param name="DominantColor">The most frequent colour in sRGB, as <c>#rrggbb</c>. White when the image is fully transparent.</param>
public sealed record Placeholder(byte[] ThumbHash, string DominantColor)
{
    /// <summary>The largest width and height in pixels of the pixels that <see cref="Of"/> accepts.</summary>
    public const int LargestSide = Rendering.ThumbHash.LargestSide;

    private const int Levels = 16;

    /// <summary>Returns the size to which an image must be reduced for <see cref="Of"/>. A smaller image keeps its size.</summary>
    public static Rung SizeFor(Rung image)
    {
        var scale = Math.Min(1.0, (double)LargestSide / Math.Max(image.Width, image.Height));
        return new Rung(Scaled(image.Width), Scaled(image.Height));

        int Scaled(int side) => Math.Max(1, (int)Math.Round(side * scale, MidpointRounding.AwayFromZero));
    }

    /// <param name="size">The width and height in pixels, each 1 to <see cref="LargestSide"/>.</param>
    /// <param name="rgba">Four bytes per pixel in sRGB, row by row. The colours are not multiplied with the opacity.</param>
    public static Placeholder Of(Rung size, ReadOnlySpan<byte> rgba) =>
        new(Rendering.ThumbHash.Encode(size.Width, size.Height, rgba), Dominant(rgba[..(4 * size.Width * size.Height)]));

    /// <summary>
    /// Sorts the pixels into bins of similar colours, 16 levels for each channel, and averages the pixels of the fullest bin. A pixel counts
    /// as much as it is opaque.
    /// </summary>
    private static string Dominant(ReadOnlySpan<byte> rgba)
    {
        var bins = new (long Red, long Green, long Blue, long Weight)[Levels * Levels * Levels];
        for (var i = 0; i < rgba.Length; i += 4)
        {
            var (red, green, blue, alpha) = (rgba[i], rgba[i + 1], rgba[i + 2], rgba[i + 3]);
            ref var bin = ref bins[((red / Levels * Levels) + (green / Levels)) * Levels + (blue / Levels)];
            bin = (bin.Red + (alpha * red), bin.Green + (alpha * green), bin.Blue + (alpha * blue), bin.Weight + alpha);
        }

        var fullest = bins.MaxBy(bin => bin.Weight);
        return fullest.Weight == 0
            ? "#ffffff"
            : $"#{Average(fullest.Red):x2}{Average(fullest.Green):x2}{Average(fullest.Blue):x2}";

        long Average(long sum) => (sum + (fullest.Weight / 2)) / fullest.Weight;
    }
}
