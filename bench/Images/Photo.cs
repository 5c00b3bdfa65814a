using ServerlessScale.Measurement;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ServerlessScale.Bench.Images;

/// <summary>The photograph that all contenders render.</summary>
internal static class Photo
{
    private const string Source = "/usr/share/backgrounds/mate/abstract/Elephants_5640x3172.jpg";

    /// <summary>The width of the resized photograph, which then has 12.0 megapixels.</summary>
    private const int Width = 4620;

    private const int Quality = 90;

    /// <param name="given">The path of a photograph, or null to create one from Debian's 18-megapixel photograph.</param>
    /// <param name="folder">The folder in which the created photograph is stored.</param>
    /// <returns>The path of a JPEG file.</returns>
    /// <exception cref="CommandException">The photograph does not exist.</exception>
    public static string Prepare(string? given, string folder)
    {
        if (given is not null)
        {
            return File.Exists(given) ? given : throw new CommandException($"The file {given} does not exist.");
        }

        if (!File.Exists(Source))
        {
            throw new CommandException(
                $"The photograph {Source} is missing. Install it with \"apt-get install mate-backgrounds\", or specify a photograph with --photo FILE.");
        }

        var path = Path.Combine(folder, "photo.jpg");
        using var image = Image.Load<Rgb24>(Source);
        image.Mutate(context => context.Resize(Width, 0));
        image.Save(path, new JpegEncoder { Quality = Quality });
        Console.WriteLine($"Photograph: {Path.GetFileName(Source)} from Debian's mate-backgrounds, resized to {image.Width} x {image.Height} and saved as JPEG {Quality}: {new FileInfo(path).Length:N0} bytes.");
        return path;
    }

    /// <summary>
    /// Reduces the original with ImageSharp's Lanczos filter and encodes the results losslessly. SSIM is computed against these references
    /// and also against sharp's references, so that no contender is compared only with its own filter.
    /// </summary>
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
