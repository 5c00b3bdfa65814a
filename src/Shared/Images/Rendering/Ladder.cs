using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>One size of the ladder, in pixels as displayed.</summary>
public readonly record struct Rung(int Width, int Height);

/// <summary>Decides which sizes an image gets.</summary>
public static class Ladder
{
    /// <summary>What a WebP frame can say at most (RFC 9649 section 2.1: sizes of 14 bits).</summary>
    public const int LargestSide = 16383;

    /// <returns>
    /// The rungs, widest first, at least one. None is wider than the image, nor higher than <see cref="LargestSide"/>. An
    /// image that no width suits gets one rung at its own size, or the largest that fits where it is taller than that.
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

    private static int HeightAt(int width, ImageHeader header) => Scaled(header.Height, (double)width / header.Width);

    private static int Scaled(int side, double scale) => Math.Max(1, (int)Math.Round(side * scale, MidpointRounding.AwayFromZero));
}
