using ServerlessScale.Bench.Images.Files;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Pictures whose content a test can recognize after resizing and lossy compression.</summary>
internal static class TestPictures
{
    public static readonly Rgba32 Red = new(220, 30, 30);
    public static readonly Rgba32 Green = new(30, 200, 30);
    public static readonly Rgba32 Blue = new(30, 30, 220);
    public static readonly Rgba32 White = new(250, 250, 250);

    public static readonly IImageEncoder Jpeg = new JpegEncoder { Quality = 90 };
    public static readonly IImageEncoder Png = new PngEncoder();
    public static readonly IImageEncoder Gif = new GifEncoder();
    public static readonly IImageEncoder Webp = new WebpEncoder { Quality = 90, FileFormat = WebpFileFormatType.Lossy };
    public static readonly IImageEncoder LosslessWebp = new WebpEncoder { FileFormat = WebpFileFormatType.Lossless };

    /// <summary>Returns a picture with four solid quadrants.</summary>
    public static Image<Rgba32> Quadrants(int width, int height, Rgba32 topLeft, Rgba32 topRight, Rgba32 bottomLeft, Rgba32 bottomRight)
    {
        var image = new Image<Rgba32>(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                image[x, y] = (x < width / 2, y < height / 2) switch
                {
                    (true, true) => topLeft,
                    (false, true) => topRight,
                    (true, false) => bottomLeft,
                    _ => bottomRight,
                };
            }
        }

        return image;
    }

    public static Image<Rgba32> Quadrants(int width, int height) => Quadrants(width, height, Red, Green, Blue, White);

    public static byte[] Bytes(this Image image, IImageEncoder encoder)
    {
        using var stream = new MemoryStream();
        image.Save(stream, encoder);
        return stream.ToArray();
    }

    /// <summary>
    /// Returns one valid file of every kind by name. The names are used in test messages, and the last word of each name is the format.
    /// </summary>
    public static IReadOnlyDictionary<string, byte[]> OfEveryKind(int width, int height)
    {
        using var picture = Quadrants(width, height);
        using var faded = Quadrants(width, height, Red with { A = 128 }, Green, Blue, White with { A = 0 });
        using var animation = Quadrants(width, height);
        using var second = Quadrants(width, height, White, White, Red, Red);
        animation.Frames.AddFrame(second.Frames.RootFrame);
        using var tagged = Quadrants(width, height);
        tagged.Metadata.ExifProfile = Metadata.ExifWithGps(orientation: 6);
        return new Dictionary<string, byte[]>
        {
            ["jpeg"] = picture.Bytes(Jpeg),
            ["tagged jpeg"] = tagged.Bytes(Jpeg),
            ["gray jpeg"] = picture.Bytes(new JpegEncoder { ColorType = JpegColorType.Luminance }),
            ["cmyk jpeg"] = HandMadeJpeg.Solid(10, 250, 120, 255),
            ["png"] = faded.Bytes(Png),
            ["16-bit interlaced png"] = picture.Bytes(new PngEncoder { BitDepth = PngBitDepth.Bit16, ColorType = PngColorType.Rgb, InterlaceMethod = PngInterlaceMode.Adam7 }),
            ["palette png"] = picture.Bytes(new PngEncoder { ColorType = PngColorType.Palette, BitDepth = PngBitDepth.Bit4 }),
            ["gif"] = animation.Bytes(Gif),
            ["webp"] = picture.Bytes(Webp),
            ["transparent webp"] = faded.Bytes(Webp),
            ["lossless webp"] = faded.Bytes(LosslessWebp),
            ["animated webp"] = HandMadeWebp.Animation(width, height, (0, 0, picture.Bytes(Webp)), (0, 0, second.Bytes(LosslessWebp))),
        };
    }

    /// <summary>Asserts that the pixel in the middle of each quadrant has about the expected colour.</summary>
    public static void AssertQuadrants(ReadOnlyMemory<byte> encoded, Rgba32 topLeft, Rgba32 topRight, Rgba32 bottomLeft, Rgba32 bottomRight, int tolerance = 24)
    {
        using var image = Image.Load<Rgba32>(encoded.Span);
        var (left, right, top, bottom) = (image.Width / 4, image.Width * 3 / 4, image.Height / 4, image.Height * 3 / 4);
        AssertClose(topLeft, image[left, top], tolerance);
        AssertClose(topRight, image[right, top], tolerance);
        AssertClose(bottomLeft, image[left, bottom], tolerance);
        AssertClose(bottomRight, image[right, bottom], tolerance);
    }

    public static void AssertQuadrants(ReadOnlyMemory<byte> encoded) => AssertQuadrants(encoded, Red, Green, Blue, White);

    public static void AssertClose(Rgba32 expected, Rgba32 actual, int tolerance)
    {
        if (expected.A == 0)
        {
            Assert.InRange(actual.A, 0, tolerance);
            return;
        }

        Assert.True(
            Math.Abs(expected.R - actual.R) <= tolerance
            && Math.Abs(expected.G - actual.G) <= tolerance
            && Math.Abs(expected.B - actual.B) <= tolerance
            && Math.Abs(expected.A - actual.A) <= tolerance,
            $"Expected about {expected}, got {actual}.");
    }
}
