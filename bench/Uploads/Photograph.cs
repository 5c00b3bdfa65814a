using ServerlessScale.Measurement;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ServerlessScale.Bench.Uploads;

/// <summary>A JPEG of about 3 MB and at most 12 megapixels, like a photograph taken with a phone.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Quality">The JPEG quality, from 1 to 100.</param>
internal sealed record Photograph(byte[] Content, int Width, int Height, int Quality)
{
    private const int Bytes = 3_000_000;
    private const int MaxPixels = 12_000_000;
    private const string Folder = "/usr/share/backgrounds/mate";

    /// <summary>Reads an image, reduces it to at most 12 megapixels and encodes it as a JPEG of about 3 MB.</summary>
    /// <param name="file">The path of any image, or null for Debian's largest wallpaper.</param>
    /// <exception cref="CommandException">The file does not exist, or it is not an image.</exception>
    public static Photograph Encode(string? file)
    {
        var path = file ?? Path.Combine(Folder, "abstract", "Elephants_5640x3172.jpg");
        try
        {
            using var image = Image.Load<Rgb24>(path);
            var scale = Math.Sqrt((double)MaxPixels / image.Width / image.Height);
            if (scale < 1)
            {
                image.Mutate(operation => operation.Resize((int)(image.Width * scale), 0));
            }

            return Encode(image);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ImageFormatException)
        {
            throw new CommandException(
                $"{path} cannot be read as an image: {failure.Message} "
                + "Install Debian's photographs with \"apt-get install mate-backgrounds\", or specify a photograph with --photo FILE.",
                failure);
        }
    }

    /// <returns>The paths of all images in Debian's mate-backgrounds package, or an empty list when the package is not installed.</returns>
    public static IReadOnlyList<string> Wallpapers() =>
        Directory.Exists(Folder)
            ? [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Where(file => file.EndsWith(".jpg", StringComparison.Ordinal) || file.EndsWith(".png", StringComparison.Ordinal))]
            : [];

    /// <summary>Encodes the image at the highest quality that does not exceed <see cref="Bytes"/>.</summary>
    private static Photograph Encode(Image<Rgb24> image)
    {
        var (low, high) = (1, 100);
        var best = Encode(image, low);
        while (low <= high)
        {
            var quality = (low + high) / 2;
            var encoded = Encode(image, quality);
            if (encoded.Content.Length <= Bytes)
            {
                (best, low) = (encoded, quality + 1);
            }
            else
            {
                high = quality - 1;
            }
        }

        return best;
    }

    private static Photograph Encode(Image<Rgb24> image, int quality)
    {
        using var content = new MemoryStream();
        image.SaveAsJpeg(content, new JpegEncoder { Quality = quality });
        return new(content.ToArray(), image.Width, image.Height, quality);
    }
}
