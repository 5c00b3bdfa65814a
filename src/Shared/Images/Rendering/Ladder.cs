using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>A size at which an image is rendered, in pixels as displayed.</summary>
public readonly record struct Rung(int Width, int Height);

/// <summary>Chooses the sizes at which an image is rendered (the ladder).</summary>
public static class Ladder
{
    /// <summary>The maximum width and height of a WebP image. WebP encodes each dimension in 14 bits (RFC 9649 section 3.4).</summary>
    public const int LargestSide = ImageOptions.MaxWidth;

    /// <returns>
    /// At least one size, widest first. No size is wider than the image or taller than <see cref="LargestSide"/>. If no width is suitable,
    /// the result is the image's own size, scaled down to <see cref="LargestSide"/> if necessary.
    /// </returns>
    public static IReadOnlyList<Rung> Plan(ImageHeader header, IEnumerable<int> widths)
    {
        var rungs = widths
            .Where(width => width <= header.Width)
            .Distinct()
            .OrderDescending()
            .Select(width => new Rung(width, HeightAt(width, header)))
            .Where(rung => rung.Height <= LargestSide)
            .ToList();
        if (rungs.Count > 0)
        {
            return rungs;
        }

        var scale = Math.Min(1.0, (double)LargestSide / Math.Max(header.Width, header.Height));
        return [new Rung(Scaled(header.Width, scale), Scaled(header.Height, scale))];
    }

    /// <returns>
    /// The size of the animated variant. Null when the image has a single frame, or has more frames or pixels than the limits permit.
    /// </returns>
    public static Rung? PlanAnimation(ImageHeader header, ImageOptions limits)
    {
        if (header.Frames < 2 || header.Frames > limits.AnimationFrames || header.Pixels * header.Frames > limits.AnimationPixels)
        {
            return null;
        }

        var width = Math.Min(header.Width, limits.AnimationWidth);
        var rung = new Rung(width, HeightAt(width, header));
        return rung.Height <= LargestSide ? rung : null;
    }

    private static int HeightAt(int width, ImageHeader header) => Scaled(header.Height, (double)width / header.Width);

    private static int Scaled(int side, double scale) => Math.Max(1, (int)Math.Round(side * scale, MidpointRounding.AwayFromZero));
}
