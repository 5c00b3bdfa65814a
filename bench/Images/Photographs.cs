using ServerlessScale.Local.Build;
using ServerlessScale.Measurement;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ServerlessScale.Bench.Images;

/// <summary>The photographs that all contenders render.</summary>
internal static class Photographs
{
    private const string Folder = "/usr/share/backgrounds/mate";

    /// <summary>A photograph of 18 megapixels with 16 MB, which is reduced to the size that a phone produces.</summary>
    private const string Large = "abstract/Elephants_5640x3172.jpg";

    /// <summary>The width of the reduced photograph, which then has 12.0 megapixels.</summary>
    private const int Width = 4620;

    private const int Quality = 90;

    private static readonly string[] Others =
        ["nature/TwoWings.jpg", "nature/Storm.jpg"];

    /// <param name="given">The paths of photographs, or none to use Debian's photographs and the sample of the documentation.</param>
    /// <param name="folder">The folder in which a reduced photograph is stored.</param>
    /// <returns>The paths of JPEG files, the largest photograph first.</returns>
    /// <exception cref="CommandException">A photograph does not exist.</exception>
    public static IReadOnlyList<string> Prepare(IReadOnlyList<string> given, string folder)
    {
        string[] paths = given.Count > 0
            ? [.. given]
            : [Path.Combine(Folder, Large), Path.Combine(Repository.FindRoot(), "docs", "sample.jpg"), .. Others.Select(name => Path.Combine(Folder, name))];
        if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
        {
            throw new CommandException(
                $"The photograph {missing} is missing. Install Debian's photographs with \"apt-get install mate-backgrounds\", or specify photographs with --photo FILE.");
        }

        if (given.Count == 0)
        {
            paths[0] = Reduce(paths[0], folder);
        }

        return paths;
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

    private static string Reduce(string source, string folder)
    {
        var path = Path.Combine(folder, "elephants-12-megapixels.jpg");
        using var image = Image.Load<Rgb24>(source);
        image.Mutate(context => context.Resize(Width, 0));
        image.Save(path, new JpegEncoder { Quality = Quality });
        return path;
    }
}
