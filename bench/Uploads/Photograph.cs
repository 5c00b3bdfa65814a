using ServerlessScale.Local;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ServerlessScale.Bench.Uploads;

/// <summary>A JPEG of about 3 MB and at most 12 megapixels, such as a telephone's camera makes.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Quality">Of the JPEG, 1 to 100.</param>
internal sealed record Photograph(byte[] Content, int Width, int Height, int Quality)
{
    private const int Bytes = 3_000_000;
    private const int MaxPixels = 12_000_000;
    private const string Folder = "/usr/share/backgrounds/mate";

    /// <param name="file">Null for Debian's largest wallpaper.</param>
    /// <exception cref="LocalCloudException">There is no such file, or it is not an image.</exception>
    public static Photograph Make(string? file)
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
            throw new LocalCloudException(
                $"{path} cannot be read as an image: {failure.Message} "
                + "Install Debian's photographs (apt-get install mate-backgrounds), or give one with --photo FILE.",
                failure);
        }
    }

    /// <summary>All of mate-backgrounds, to be uploaded at once; none where it is not installed.</summary>
    public static IReadOnlyList<string> Wallpapers() =>
        Directory.Exists(Folder)
            ? [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Where(file => file.EndsWith(".jpg", StringComparison.Ordinal) || file.EndsWith(".png", StringComparison.Ordinal))]
            : [];

    /// <summary>The highest quality that keeps it within the bytes.</summary>
    private static Photograph Encode(Image<Rgb24> image)
    {
        var (low, high) = (1, 100);
        var best = Encode(image, low);
        while (low <= high)
        {
            var quality = (low + high) / 2;
            var tried = Encode(image, quality);
            if (tried.Content.Length <= Bytes)
            {
                (best, low) = (tried, quality + 1);
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
