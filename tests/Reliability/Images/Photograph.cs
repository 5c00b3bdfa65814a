using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Tests.Reliability.Images;

/// <summary>A generated JPEG. It contains enough noise to take as long to process as a real photograph of the same size.</summary>
internal sealed record Photograph(byte[] Jpeg, int Width)
{
    /// <summary>
    /// Returns the names of the default variants of this image. A variant is never wider than the image. An image narrower than every
    /// default width gets variants of its own width.
    /// </summary>
    public IEnumerable<string> VariantNames()
    {
        int[] widths = [.. ((int[])[1920, 960, 480, 160]).Where(rung => rung <= Width)];
        return (widths is [] ? [Width] : widths).SelectMany(width => (string[])[$"{width}.webp", $"{width}.jpg"]);
    }

    public static Photograph Make(int width, Random random)
    {
        using var image = new Image<Rgb24>(width, Math.Max(1, width * 2 / 3));
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height; y++)
            {
                var row = rows.GetRowSpan(y);
                for (var x = 0; x < row.Length; x++)
                {
                    row[x] = new Rgb24((byte)(x * 255 / row.Length), (byte)(y * 255 / rows.Height), (byte)random.Next(128, 192));
                }
            }
        });
        using var jpeg = new MemoryStream();
        image.Save(jpeg, new JpegEncoder());
        return new(jpeg.ToArray(), width);
    }
}
