using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Tests.Integration.Images;

/// <summary>Generates images for tests.</summary>
internal static class Pictures
{
    /// <summary>Creates a JPEG that shows a colour gradient.</summary>
    public static byte[] Jpeg(int width = 640, int height = 480)
    {
        using var image = new Image<Rgb24>(width, height);
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++)
            {
                var row = rows.GetRowSpan(y);
                for (var x = 0; x < row.Length; x++)
                {
                    row[x] = new Rgb24((byte)(x * 255 / width), (byte)(y * 255 / height), 128);
                }
            }
        });
        var bytes = new MemoryStream();
        image.Save(bytes, new JpegEncoder());
        return bytes.ToArray();
    }

    /// <summary>Creates a GIF whose frames have different solid colours.</summary>
    public static byte[] AnimatedGif(int width, int height, int frames)
    {
        using var image = new Image<Rgb24>(width, height, new Rgb24(255, 0, 0));
        for (var index = 1; index < frames; index++)
        {
            using var frame = new Image<Rgb24>(width, height, new Rgb24((byte)(255 - (255 * index / frames)), 0, (byte)(255 * index / frames)));
            image.Frames.AddFrame(frame.Frames.RootFrame);
        }

        var bytes = new MemoryStream();
        image.Save(bytes, new GifEncoder());
        return bytes.ToArray();
    }

    /// <summary>Creates a JPEG that lacks the lower half of its pixels.</summary>
    public static byte[] TruncatedJpeg()
    {
        var complete = Jpeg();
        return complete[..(complete.Length / 2)];
    }

    /// <summary>
    /// Creates a small JPEG that is padded with random bytes to a given size. The file is valid, because decoders ignore appended data.
    /// Code that only stores the file treats it like a photograph of that size.
    /// </summary>
    public static byte[] JpegOfSize(int bytes)
    {
        var padded = new byte[bytes];
        new Random(1).NextBytes(padded);
        Jpeg().CopyTo(padded, 0);
        return padded;
    }
}
