using ServerlessScale.Bench.Images.Files;
using ServerlessScale.Shared.Images;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Tests colours and edges of variants against formulas, the source or libvips.</summary>
public sealed class PixelAccuracyTests
{
    private static readonly ImageOptions Original = new() { Widths = [64], JpegQuality = 100, WebpQuality = 100 };

    public static TheoryData<string> AllEngines => Engines.All;

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task An_ICC_profile_in_several_segments_is_applied(string engine)
    {
        using var reference = await RenderAsync(engine, FlawedFiles.Read("reference-good.jpg"));
        using var converted = await RenderAsync(engine, FlawedFiles.Read("jpeg-icc-matrix-in-2-segments.jpg"));

        AssertPixels(reference, converted, pixel => new(pixel.B, pixel.R, pixel.G), tolerance: 12);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_matrix_profile_larger_than_a_segment_is_applied(string engine)
    {
        var profile = HandMadeIccProfile.DisplayP3;
        byte[] large = [.. profile, .. new byte[200_000]];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(large, large.Length);
        using var picture = TestPictures.Quadrants(64, 48, new(234, 51, 35), new(117, 251, 76), new(0, 0, 245), new(128, 128, 128));
        var jpeg = picture.Bytes(new SixLabors.ImageSharp.Formats.Jpeg.JpegEncoder { Quality = 100 });
        var parts = large.Chunk(60_000).ToArray();
        var segments = new List<byte>();
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            HandMadeJpeg.Segment(segments, 0xE2, [.. "ICC_PROFILE\0"u8, (byte)(i + 1), (byte)parts.Length, .. parts[i]]);
        }

        foreach (var file in (byte[][])[[.. jpeg[..2], .. segments, .. jpeg[2..]], HandMadePng.With(picture.Bytes(TestPictures.Png), HandMadePng.IccProfile(large))])
        {
            var variants = await Engines.RenderAsync(engine, file, Original);

            TestPictures.AssertQuadrants(variants[0].Content, new(255, 0, 0), new(0, 255, 0), new(0, 0, 255), new(128, 128, 128), tolerance: 10);
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_PNG_with_linear_gamma_is_converted_by_formula(string engine)
    {
        var file = FlawedFiles.Read("png-gama-1.0-linear.png");
        using var stored = Image.Load<Rgb24>(file);
        using var converted = await RenderAsync(engine, file);

        AssertPixels(stored, converted, pixel => new(Encode(pixel.R / 255.0), Encode(pixel.G / 255.0), Encode(pixel.B / 255.0)), tolerance: 14);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_PNG_with_the_code_points_of_Display_P3_is_converted_by_formula(string engine)
    {
        var file = FlawedFiles.Read("png-cicp-display-p3.png");
        using var stored = Image.Load<Rgb24>(file);
        using var converted = await RenderAsync(engine, file);

        AssertPixels(stored, converted, FromDisplayP3, tolerance: 14);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task The_strongest_declaration_of_a_PNG_colour_space_wins(string engine)
    {
        var stored = new Rgba32(100, 150, 200);
        using var picture = TestPictures.Quadrants(64, 48, stored, stored, stored, stored);
        var png = picture.Bytes(new SixLabors.ImageSharp.Formats.Png.PngEncoder { ChunkFilter = SixLabors.ImageSharp.Formats.Png.PngChunkFilter.ExcludeGammaChunk });
        var linear = HandMadePng.Chunk("gAMA", [0, 1, 0x86, 0xA0]);
        var srgb = HandMadePng.Chunk("sRGB", [0]);
        var codes = HandMadePng.Chunk("cICP", [1, 8, 0, 1]);

        await AssertColourAsync(HandMadePng.With(png, linear), new(Encode(100 / 255.0), Encode(150 / 255.0), Encode(200 / 255.0)));
        await AssertColourAsync(HandMadePng.With(HandMadePng.With(png, linear), srgb), stored);
        await AssertColourAsync(HandMadePng.With(HandMadePng.With(png, codes), srgb), new(Encode(100 / 255.0), Encode(150 / 255.0), Encode(200 / 255.0)));

        async Task AssertColourAsync(byte[] file, Rgba32 expected)
        {
            using var image = await RenderAsync(engine, file);
            TestPictures.AssertClose(expected, new Rgba32(image[30, 20].R, image[30, 20].G, image[30, 20].B), tolerance: 4);
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task The_transparent_gray_of_a_16_bit_PNG_is_transparent(string engine)
    {
        var file = FlawedFiles.Read("png-gray16-trns-0x00FF.png");
        _ = Engines.Create("Vips");
        using var reference = NetVips.Image.NewFromBuffer(file);

        var variants = await Engines.RenderAsync(engine, file, Original);

        using var image = Image.Load<Rgba32>(variants[0].Content);
        var transparent = 0;
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            var (x, y) = (i % image.Width, i / image.Width);
            var expected = reference.Getpoint(x, y)[^1] > 0 ? 255 : 0;
            transparent += expected == 0 ? 1 : 0;
            Assert.Equal(expected, image[x, y].A);
        }

        Assert.InRange(transparent, 1, (64 * 48) - 1);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Narrow_variants_of_a_panorama_show_its_last_rows(string engine)
    {
        var variants = await Engines.RenderAsync(engine, FlawedFiles.Read("panorama-16384x103-bottom-7-rows-red.jpg"), new() { Widths = [1920] });

        foreach (var variant in variants)
        {
            using var image = Image.Load<Rgb24>(variant.Content);
            for (var x = 50; x < image.Width; x += 100)
            {
                var pixel = image[x, image.Height - 1];
                Assert.True(pixel.R > pixel.G + 40 && pixel.R > pixel.B + 40, $"{variant.Name} at {x}: {pixel}");
            }
        }
    }

    public static TheoryData<string, (int Side, int Target)> Reductions => Engines.With((103, 51), (103, 25), (103, 12), (128, 32), (127, 64));

    [Theory]
    [MemberData(nameof(Reductions))]
    public async Task Reducing_does_not_shift_or_stretch_a_gradient(string engine, (int Side, int Target) sizes)
    {
        var (side, target) = sizes;
        using var gradient = new Image<Rgb24>(side, side);
        for (var i = 0; i < side * side; i++)
        {
            var value = (byte)((i % side) + (i / side));
            gradient[i % side, i / side] = new(value, value, value);
        }

        var variants = await Engines.RenderAsync(
            engine,
            gradient.Bytes(new SixLabors.ImageSharp.Formats.Jpeg.JpegEncoder { Quality = 100 }),
            new() { Widths = [target], Formats = ["jpg"], JpegQuality = 100 });

        // The gradient is linear, so a pixel has the value at the middle of the area that it covers.
        using var small = Image.Load<Rgb24>(variants[0].Content);
        for (var y = 2; y < target - 2; y++)
        {
            var expected = (((target / 2) + y + 1.0) * side / target) - 1;
            Assert.InRange(small[target / 2, y].G, expected - 2, expected + 2);
        }
    }

    [Fact]
    public async Task Jpeg_variants_of_every_height_are_as_exact_as_those_of_libjpeg()
    {
        foreach (var file in Enumerable.Range(1, 33).Select(Gradient).Prepend(FlawedFiles.Read("small-15x15-jpg-variant-bottom-rows-grey.png")))
        {
            var (ours, libjpeg) = (await WorstRowErrorAsync("ImageSharp", file), await WorstRowErrorAsync("Vips", file));

            Assert.True(ours <= libjpeg + 3, $"The error is {ours}, but that of libjpeg is {libjpeg}.");
        }
    }

    private static byte[] Gradient(int height)
    {
        using var image = new Image<Rgb24>(21, height);
        for (var i = 0; i < 21 * height; i++)
        {
            image[i % 21, i / 21] = new((byte)(40 + (i % 21 * 6)), (byte)(200 - (i / 21 * 4)), (byte)(90 + (i % 21 * 3)));
        }

        return image.Bytes(TestPictures.Png);
    }

    /// <summary>Returns the largest mean error of a row of the JPEG variant, in 8-bit samples.</summary>
    private static async Task<double> WorstRowErrorAsync(string engine, byte[] file)
    {
        using var source = Image.Load<Rgb24>(file);
        var variants = await Engines.RenderAsync(engine, file, new() { Widths = [4096], Formats = ["jpg"] });
        using var image = Image.Load<Rgb24>(variants[0].Content);
        Assert.Equal(source.Size(), image.Size());
        return Enumerable.Range(0, image.Height).Max(y => Enumerable.Range(0, image.Width).Average(x => Difference(source[x, y], image[x, y]) / 3.0));
    }

    private static int Difference(Rgb24 a, Rgb24 b) => Math.Abs(a.R - b.R) + Math.Abs(a.G - b.G) + Math.Abs(a.B - b.B);

    private static byte Encode(double linear) =>
        (byte)Math.Round(255 * Math.Clamp(linear <= 0.0031308 ? 12.92 * linear : (1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055, 0, 1));

    private static double Decode(byte value) => value <= 10 ? value / 255.0 / 12.92 : Math.Pow(((value / 255.0) + 0.055) / 1.055, 2.4);

    /// <summary>Converts with the matrix from Display P3 to sRGB, both linear with the white point D65 (CSS Color 4, section 10.10).</summary>
    private static Rgb24 FromDisplayP3(Rgb24 pixel)
    {
        var (r, g, b) = (Decode(pixel.R), Decode(pixel.G), Decode(pixel.B));
        return new(
            Encode((1.2249401 * r) - (0.2249404 * g)),
            Encode((-0.0420569 * r) + (1.0420571 * g)),
            Encode((-0.0196376 * r) - (0.0786361 * g) + (1.0982735 * b)));
    }

    private static async Task<Image<Rgb24>> RenderAsync(string engine, byte[] file) =>
        Image.Load<Rgb24>((await Engines.RenderAsync(engine, file, Original))[1].Content);

    /// <summary>Compares the pixels of two images after blurring both, because JPEG variants have reduced colour resolution.</summary>
    private static void AssertPixels(Image<Rgb24> stored, Image<Rgb24> actual, Func<Rgb24, Rgb24> convert, int tolerance)
    {
        using var expected = stored.Clone();
        for (var i = 0; i < expected.Width * expected.Height; i++)
        {
            var (x, y) = (i % expected.Width, i / expected.Width);
            expected[x, y] = convert(expected[x, y]);
        }

        expected.Mutate(context => context.BoxBlur(2));
        using var blurred = actual.Clone(context => context.BoxBlur(2));
        Assert.Equal(expected.Size(), actual.Size());
        for (var i = 0; i < expected.Width * expected.Height; i++)
        {
            var (x, y) = (i % expected.Width, i / expected.Width);
            TestPictures.AssertClose(new Rgba32(expected[x, y].R, expected[x, y].G, expected[x, y].B), new Rgba32(blurred[x, y].R, blurred[x, y].G, blurred[x, y].B), tolerance);
        }
    }
}
