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

        var (pixelsOfA, pixelsOfB) = (new byte[a.Width * a.Height], new byte[a.Width * a.Height]);
        a.CopyPixelDataTo(pixelsOfA);
        b.CopyPixelDataTo(pixelsOfB);
        var sum = 0.0;
        var windows = 0;
        for (var y = 0; y + Window <= a.Height; y += Step)
        {
            for (var x = 0; x + Window <= a.Width; x += Step)
            {
                var start = (y * a.Width) + x;
                sum += AtWindow(pixelsOfA.AsSpan(start), pixelsOfB.AsSpan(start), a.Width);
                windows++;
            }
        }

        return sum / windows;
    }

    private static double AtWindow(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int width)
    {
        int sumA = 0, sumB = 0, squares = 0, products = 0;
        for (var y = 0; y < Window; y++)
        {
            for (var i = y * width; i < (y * width) + Window; i++)
            {
                int p = a[i];
                int q = b[i];
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
