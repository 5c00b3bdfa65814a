using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>
/// Tests ThumbHashes and dominant colours. The expected hashes are those of the reference implementation, thumbhash 0.1.1 from npm, for the same
/// pixels.
/// </summary>
public sealed class PlaceholderTests
{
    public static TheoryData<string> AllEngines => Engines.All;

    [Theory]
    [InlineData("gradient", "XAkOHZqAh4dxh4iIiHiIiIRwCPh3")]
    [InlineData("fading", "YaiFGww3cLO4d4hwswvIS3h4gIiIeIg=")]
    [InlineData("transparent", "AAiCBQAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("stripe", "VaoNmZi/lnV4h3h3b4eXj4g=")]
    [InlineData("tall", "XPmFIR45cIh4eHiPh4gHhwj3iIiHeIg=")]
    public void A_hash_equals_that_of_the_reference_implementation(string picture, string expected)
    {
        var (width, height, pixel) = Picture(picture);

        var hash = Placeholder.Of(new Rung(width, height), Pixels(width, height, pixel)).ThumbHash;

        Assert.Equal(expected, Convert.ToBase64String(hash));
    }

    [Fact]
    public void The_dominant_colour_is_the_average_of_the_most_frequent_similar_colours()
    {
        // Six tenths are two similar blues in equal parts. The other pixels are red, green and an invisible yellow.
        var pixels = Pixels(10, 10, (x, _) => x switch { < 3 => new(20, 40, 200), < 6 => new(24, 44, 204), 6 => new(250, 0, 0), 7 => new(0, 250, 0), _ => new(255, 255, 0, 0) });

        Assert.Equal("#162aca", Placeholder.Of(new Rung(10, 10), pixels).DominantColor);
    }

    [Fact]
    public void The_dominant_colour_of_a_transparent_image_is_white() =>
        Assert.Equal("#ffffff", Placeholder.Of(new Rung(4, 4), new byte[64]).DominantColor);

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Engines_report_a_placeholder_of_the_displayed_image(string engine)
    {
        using var picture = TestPictures.Quadrants(400, 200, TestPictures.Blue, TestPictures.Blue, TestPictures.Blue, TestPictures.Red);
        picture.Metadata.ExifProfile = Metadata.ExifWithGps(orientation: 6);
        using var shown = TestPictures.Quadrants(50, 100, TestPictures.Blue, TestPictures.Blue, TestPictures.Red, TestPictures.Blue);

        var placeholder = await PlaceholderAsync(engine, picture.Bytes(TestPictures.Png));

        AssertSimilar(Placeholder.Of(new Rung(50, 100), Pixels(50, 100, (x, y) => shown[x, y])).ThumbHash, placeholder.ThumbHash);
        Assert.Equal("#1e1edc", placeholder.DominantColor);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Engines_report_a_placeholder_of_every_supported_format(string engine)
    {
        foreach (var (name, file) in TestPictures.OfEveryKind(400, 300))
        {
            var placeholder = await PlaceholderAsync(engine, file);

            Assert.Equal(name is "png" or "transparent webp" or "lossless webp", (placeholder.ThumbHash[2] & 0x80) != 0);
        }
    }

    private static async Task<Placeholder> PlaceholderAsync(string engine, byte[] file)
    {
        var report = new RenderReport();
        using var source = new MemoryStream(file);
        var probed = ImageProbe.Read(source, new ImageOptions());
        await foreach (var _ in Engines.Create(engine).RenderAsync(source, probed, report, TestContext.Current.CancellationToken))
        {
        }

        return report.Placeholder!;
    }

    /// <summary>Compares the header, which is exact to a step, because engines interpolate differently at edges.</summary>
    private static void AssertSimilar(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (shift, mask) in ((int, int)[])[(0, 63), (6, 63), (12, 63), (18, 31)])
        {
            int Field(byte[] hash) => ((hash[0] | (hash[1] << 8) | (hash[2] << 16)) >> shift) & mask;
            Assert.InRange(Field(actual), Field(expected) - 1, Field(expected) + 1);
        }

        Assert.Equal((expected[3] & 7, expected[4] & 0x80), (actual[3] & 7, actual[4] & 0x80));
    }

    /// <summary>Returns a picture that a script has passed to the reference implementation, too.</summary>
    private static (int Width, int Height, Func<int, int, Rgba32> Pixel) Picture(string name) => name switch
    {
        "gradient" => (100, 75, (x, y) => new((byte)(x * 255 / 99), (byte)(y * 255 / 74), (byte)(x + y))),
        "fading" => (40, 60, (x, y) => new((byte)(x * 6), (byte)(y * 4), 128, (byte)(y * 255 / 59))),
        "transparent" => (16, 16, (_, _) => new(0, 0, 0, 0)),
        "stripe" => (100, 5, (x, _) => new((byte)(x < 30 ? 255 : 20), (byte)(x < 60 ? 200 : 40), (byte)(x < 90 ? 10 : 240))),
        "tall" => (3, 90, (x, y) => new((byte)(y * 255 / 89), (byte)(255 - (y * 255 / 89)), (byte)(x * 80), (byte)(x == 1 ? 255 : 100))),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown picture."),
    };

    private static byte[] Pixels(int width, int height, Func<int, int, Rgba32> pixel)
    {
        var pixels = new byte[4 * width * height];
        for (var i = 0; i < width * height; i++)
        {
            var value = pixel(i % width, i / width);
            ((byte[])[value.R, value.G, value.B, value.A]).CopyTo(pixels, 4 * i);
        }

        return pixels;
    }
}
