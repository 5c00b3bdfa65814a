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

    /// <summary>Results in 12.0 megapixels, because the height follows from the proportions of the source.</summary>
    private const int Width = 4620;

    private const int Quality = 90;

    /// <param name="given">The path of a photograph; null for one that is made from Debian's photograph of 18 megapixels.</param>
    /// <param name="folder">The folder that a photograph is written to.</param>
    /// <returns>The path of a JPEG file.</returns>
    /// <exception cref="CommandException">The photograph does not exist.</exception>
    public static string Prepare(string? given, string folder)
    {
        if (given is not null)
        {
            return File.Exists(given) ? given : throw new CommandException($"There is no file {given}.");
        }

        if (!File.Exists(Source))
        {
            throw new CommandException(
                $"The photograph {Source} is missing. Install it with \"apt-get install mate-backgrounds\", or give a photograph with --photo FILE.");
        }

        var path = Path.Combine(folder, "photo.jpg");
        using var image = Image.Load<Rgb24>(Source);
        image.Mutate(context => context.Resize(Width, 0));
        image.Save(path, new JpegEncoder { Quality = Quality });
        Console.WriteLine($"Photograph: {Path.GetFileName(Source)} of Debian's mate-backgrounds, resized to {image.Width} x {image.Height} and saved as JPEG {Quality}: {new FileInfo(path).Length:N0} bytes.");
        return path;
    }

    /// <summary>Reduces the whole original with ImageSharp's Lanczos filter, without loss. SSIM is computed against this reference and against that of sharp, so that no contender is compared with its own filter only.</summary>
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
