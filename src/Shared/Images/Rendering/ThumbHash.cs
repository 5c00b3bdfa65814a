namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Encodes a small image as a ThumbHash (https://evanw.github.io/thumbhash), a blurred placeholder of at most 25 bytes that a page can show
/// before any variant has arrived. The hash contains the lowest coefficients of a discrete cosine transform of four channels: lightness,
/// yellow against blue, red against green, and opacity.
/// </summary>
internal static class ThumbHash
{
    /// <summary>The largest width and height in pixels that the format allows for the source.</summary>
    public const int LargestSide = 100;

    private const int OpaqueLightnessTerms = 7;
    private const int TransparentLightnessTerms = 5;
    private const int ColourTerms = 3;
    private const int OpacityTerms = 5;

    /// <param name="width">The width in pixels, 1 to <see cref="LargestSide"/>.</param>
    /// <param name="height">The height in pixels, 1 to <see cref="LargestSide"/>.</param>
    /// <param name="rgba">Four bytes per pixel, row by row. The colours are not multiplied with the opacity.</param>
    public static byte[] Encode(int width, int height, ReadOnlySpan<byte> rgba)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Max(width, height), LargestSide);
        var (lightness, yellowBlue, redGreen, opacity) = Split(rgba[..(4 * width * height)]);
        var isTransparent = opacity.Any(value => value < 1);
        var isLandscape = width > height;
        var terms = isTransparent ? TransparentLightnessTerms : OpaqueLightnessTerms;
        var (across, down) = (Terms(width), Terms(height));

        var l = Channel.Transform(lightness, width, height, Math.Max(3, across), Math.Max(3, down));
        var p = Channel.Transform(yellowBlue, width, height, ColourTerms, ColourTerms);
        var q = Channel.Transform(redGreen, width, height, ColourTerms, ColourTerms);
        List<Channel> channels = [l, p, q];

        var first = Round(63 * l.Average) | (Round(31.5 + (31.5 * p.Average)) << 6) | (Round(31.5 + (31.5 * q.Average)) << 12)
            | (Round(31 * l.Scale) << 18) | (isTransparent ? 1 << 23 : 0);
        var second = (isLandscape ? down : across) | (Round(63 * p.Scale) << 3) | (Round(63 * q.Scale) << 9) | (isLandscape ? 1 << 15 : 0);
        List<byte> hash = [(byte)first, (byte)(first >> 8), (byte)(first >> 16), (byte)second, (byte)(second >> 8)];
        if (isTransparent)
        {
            var a = Channel.Transform(opacity, width, height, OpacityTerms, OpacityTerms);
            hash.Add((byte)(Round(15 * a.Average) | (Round(15 * a.Scale) << 4)));
            channels.Add(a);
        }

        // Each term takes four bits, the earlier term of a byte the lower ones.
        hash.AddRange(channels.SelectMany(channel => channel.Terms).Chunk(2).Select(
            pair => (byte)(Round(15 * pair[0]) | (pair.Length > 1 ? Round(15 * pair[1]) << 4 : 0))));
        return [.. hash];

        int Terms(int side) => Math.Max(1, Round(terms * side / (double)Math.Max(width, height)));
    }

    /// <summary>
    /// Splits the pixels into the four channels. Transparent pixels get the average colour, so that their invisible colours do not show.
    /// </summary>
    private static (double[] Lightness, double[] YellowBlue, double[] RedGreen, double[] Opacity) Split(ReadOnlySpan<byte> rgba)
    {
        double red = 0, green = 0, blue = 0, total = 0;
        for (var i = 0; i < rgba.Length; i += 4)
        {
            var alpha = rgba[i + 3] / 255.0;
            red += alpha / 255 * rgba[i];
            green += alpha / 255 * rgba[i + 1];
            blue += alpha / 255 * rgba[i + 2];
            total += alpha;
        }

        if (total > 0)
        {
            (red, green, blue) = (red / total, green / total, blue / total);
        }

        var count = rgba.Length / 4;
        var (lightness, yellowBlue, redGreen, opacity) = (new double[count], new double[count], new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var pixel = rgba.Slice(4 * i, 4);
            var alpha = pixel[3] / 255.0;
            var r = (red * (1 - alpha)) + (alpha / 255 * pixel[0]);
            var g = (green * (1 - alpha)) + (alpha / 255 * pixel[1]);
            var b = (blue * (1 - alpha)) + (alpha / 255 * pixel[2]);
            (lightness[i], yellowBlue[i], redGreen[i], opacity[i]) = ((r + g + b) / 3, ((r + g) / 2) - b, r - g, alpha);
        }

        return (lightness, yellowBlue, redGreen, opacity);
    }

    /// <summary>Rounds half up, as the reference implementation does.</summary>
    private static int Round(double value) => (int)Math.Floor(value + 0.5);

    /// <param name="Average">The average of the channel.</param>
    /// <param name="Terms">The other coefficients, scaled so that 0 means minus <paramref name="Scale"/>, and 1 means plus <paramref name="Scale"/>.</param>
    /// <param name="Scale">The largest absolute value of the other coefficients.</param>
    private sealed record Channel(double Average, double[] Terms, double Scale)
    {
        /// <summary>Computes the coefficients in the triangle of the lowest frequencies, row by row.</summary>
        public static Channel Transform(double[] samples, int width, int height, int across, int down)
        {
            var average = 0.0;
            var terms = new List<double>();
            for (var y = 0; y < down; y++)
            {
                var rows = Wave(y, height);
                for (var x = 0; x * down < across * (down - y); x++)
                {
                    var term = Project(samples, Wave(x, width), rows);
                    if (x == 0 && y == 0)
                    {
                        average = term;
                    }
                    else
                    {
                        terms.Add(term);
                    }
                }
            }

            var scale = terms.Max(Math.Abs);
            return new Channel(average, [.. terms.Select(term => scale > 0 ? 0.5 + (0.5 / scale * term) : 0)], scale);
        }

        private static double[] Wave(int frequency, int length) =>
            [.. Enumerable.Range(0, length).Select(i => Math.Cos(Math.PI / length * frequency * (i + 0.5)))];

        private static double Project(double[] samples, double[] columns, double[] rows)
        {
            var sum = 0.0;
            for (var y = 0; y < rows.Length; y++)
            {
                for (var x = 0; x < columns.Length; x++)
                {
                    sum += samples[(y * columns.Length) + x] * columns[x] * rows[y];
                }
            }

            return sum / samples.Length;
        }
    }
}
