using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ServerlessScale.Bench.Images;

/// <summary>The photograph that is measured on.</summary>
internal static class Photo
{
    private const string Source = "/usr/share/backgrounds/mate/abstract/Elephants_5640x3172.jpg";

    /// <summary>12.0 megapixels in the source's proportions.</summary>
    private const int Width = 4620;

    private const int Quality = 90;

    /// <returns>The path of a JPEG file: the one given, or a 12-megapixel one made of Debian's 18-megapixel photograph.</returns>
    public static string Prepare(string? given, string folder)
    {
        if (given is not null)
        {
            return Path.GetFullPath(given);
        }

        if (!File.Exists(Source))
        {
            throw new FileNotFoundException(
                $"""
                The photograph {Source} is missing. Install Debian's wallpapers with
                  apt-get install mate-backgrounds
                or name a photograph of your own with --photo FILE.
                """);
        }

        var path = Path.Combine(folder, "photo.jpg");
        using var image = Image.Load<Rgb24>(Source);
        image.Mutate(context => context.Resize(Width, 0));
        image.Save(path, new JpegEncoder { Quality = Quality });
        Console.WriteLine($"Photograph: {Path.GetFileName(Source)} of Debian's mate-backgrounds, resized to {image.Width} x {image.Height} and saved as JPEG {Quality}: {new FileInfo(path).Length:N0} bytes.");
        return path;
    }

    /// <summary>The whole original through ImageSharp's Lanczos, lossless: beside sharp's own, so that neither side is its own judge.</summary>
    public static byte[][] Reference(byte[] photo, int[] widths) =>
        [.. widths.Select(width =>
        {
            using var image = Image.Load<Rgb24>(photo);
            image.Mutate(context => context.Resize(width, 0, KnownResamplers.Lanczos3));
            using var png = new MemoryStream();
            image.SaveAsPng(png);
            return png.ToArray();
        })];
}
