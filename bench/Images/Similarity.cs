using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Bench.Images;

/// <summary>
/// Computes the SSIM (Wang, Bovik, Sheikh and Simoncelli, 2004) of two images from their luma. It uses windows of 8 x 8 pixels that start
/// every 4 pixels, like ffmpeg's ssim filter.
/// </summary>
internal static class Similarity
{
    private const int Window = 8;
    private const int Step = 4;
    private const double C1 = 0.01 * 255 * 0.01 * 255;
    private const double C2 = 0.03 * 255 * 0.03 * 255;

    /// <returns>The similarity. It is 1 for identical images, and smaller for images that differ more.</returns>
    public static double Ssim(ReadOnlySpan<byte> reference, ReadOnlySpan<byte> variant)
    {
        using var a = Image.Load<L8>(reference);
        using var b = Image.Load<L8>(variant);
        if (a.Size() != b.Size())
        {
            throw new InvalidOperationException($"Cannot compare {a.Width} x {a.Height} with {b.Width} x {b.Height}.");
        }

        var sum = 0.0;
        var windows = 0;
        for (var y = 0; y + Window <= a.Height; y += Step)
        {
            for (var x = 0; x + Window <= a.Width; x += Step)
            {
                sum += AtWindow(a, b, x, y);
                windows++;
            }
        }

        return sum / windows;
    }

    private static double AtWindow(Image<L8> a, Image<L8> b, int left, int top)
    {
        int sumA = 0, sumB = 0, squares = 0, products = 0;
        for (var y = top; y < top + Window; y++)
        {
            for (var x = left; x < left + Window; x++)
            {
                int p = a[x, y].PackedValue;
                int q = b[x, y].PackedValue;
                sumA += p;
                sumB += q;
                squares += (p * p) + (q * q);
                products += p * q;
            }
        }

        const double count = Window * Window;
        var (meanA, meanB) = (sumA / count, sumB / count);
        var variances = (squares / count) - (meanA * meanA) - (meanB * meanB);
        var covariance = (products / count) - (meanA * meanB);
        return ((2 * meanA * meanB) + C1) * ((2 * covariance) + C2)
            / (((meanA * meanA) + (meanB * meanB) + C1) * (variances + C2));
    }
}
