using ServerlessScale.Shared.Images.Rendering;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Engines.ImageSharp;

/// <summary>
/// Converts pixels from the colour space of an embedded ICC profile to sRGB, because ImageSharp 2.1 has no colour management. Images with a
/// profile that <see cref="IccMatrixProfile"/> does not support are treated as sRGB.
/// </summary>
internal static class ColourConversion
{
    /// <param name="image">An image of <see cref="Rgb24"/> or <see cref="Rgba32"/> pixels.</param>
    /// <param name="iccProfile">The profile of the pixels, or null.</param>
    public static void ToSrgb(Image image, byte[]? iccProfile)
    {
        if (IccMatrixProfile.Read(iccProfile) is not { } profile)
        {
            return;
        }

        if (image is Image<Rgb24> opaque)
        {
            Apply(opaque, (ref pixel) => (pixel.R, pixel.G, pixel.B) = profile.Convert(pixel.R, pixel.G, pixel.B));
        }
        else
        {
            Apply((Image<Rgba32>)image, (ref pixel) => (pixel.R, pixel.G, pixel.B) = profile.Convert(pixel.R, pixel.G, pixel.B));
        }
    }

    private static void Apply<TPixel>(Image<TPixel> image, Change<TPixel> change)
        where TPixel : unmanaged, IPixel<TPixel> => image.ProcessPixelRows(rows =>
    {
        for (var y = 0; y < rows.Height; y++)
        {
            foreach (ref var pixel in rows.GetRowSpan(y))
            {
                change(ref pixel);
            }
        }
    });

    private delegate void Change<TPixel>(ref TPixel pixel);
}
