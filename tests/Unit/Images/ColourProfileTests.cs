using ServerlessScale.Bench.Images.Files;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;
using static ServerlessScale.Tests.Unit.Images.TestPictures;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>
/// Tests the conversion to sRGB. The colours in the test images are the published equivalents of the sRGB primaries in each colour space.
/// </summary>
public sealed class ColourProfileTests
{
    private static readonly Rgba32 ExpectedRed = new(255, 0, 0);
    private static readonly Rgba32 ExpectedGreen = new(0, 255, 0);
    private static readonly Rgba32 ExpectedBlue = new(0, 0, 255);
    private static readonly Rgba32 ExpectedGray = new(128, 128, 128);

    public static TheoryData<string> AllEngines => Engines.All;

    public static TheoryData<string, string> DisplayP3Forms => Engines.With("parametric", "sampled");

    [Theory]
    [MemberData(nameof(DisplayP3Forms))]
    public Task Display_P3_colours_are_converted_to_sRGB(string engine, string form) =>
        AssertConvertedAsync(
            engine,
            form == "sampled" ? HandMadeIccProfile.SampledDisplayP3 : HandMadeIccProfile.DisplayP3,
            [new(234, 51, 35), new(117, 251, 76), new(0, 0, 245), ExpectedGray],
            [ExpectedRed, ExpectedGreen, ExpectedBlue, ExpectedGray]);

    [Theory]
    [MemberData(nameof(AllEngines))]
    public Task Adobe_RGB_colours_are_converted_to_sRGB(string engine) =>
        AssertConvertedAsync(
            engine,
            HandMadeIccProfile.AdobeRgb,
            [new(219, 0, 0), new(144, 255, 60), new(0, 0, 250), new(127, 127, 127)],
            [ExpectedRed, ExpectedGreen, ExpectedBlue, ExpectedGray]);

    [Theory]
    [MemberData(nameof(AllEngines))]
    public Task Colours_already_in_sRGB_are_not_changed(string engine) =>
        AssertConvertedAsync(engine, HandMadeIccProfile.Srgb, [Red, Green, Blue, ExpectedGray], [Red, Green, Blue, ExpectedGray]);

    [Theory]
    [InlineData("Vips", 6)]
    [InlineData("ImageSharp", 80)]
    public async Task CMYK_is_converted_to_the_colours_that_its_profile_describes(string engine, int tolerance)
    {
        // The colours are within the gamut of the press, so lcms, which makes the file, must return to them. ImageSharp converts by a formula
        // and ignores the profile, so that its colours are further away.
        _ = Engines.Create("Vips");
        Rgba32[] colours = [new(200, 60, 50), new(90, 140, 80), new(60, 80, 130), new(190, 180, 160)];
        using var picture = Quadrants(64, 64, colours[0], colours[1], colours[2], colours[3]);
        using var rgb = NetVips.Image.NewFromBuffer(picture.Bytes(Png));
        using var opaque = rgb.ExtractBand(0, 3);
        using var cmyk = opaque.IccTransform("cmyk", inputProfile: "srgb", intent: NetVips.Enums.Intent.Relative);
        var file = cmyk.JpegsaveBuffer(q: 100, subsampleMode: NetVips.Enums.ForeignSubsample.Off, keep: NetVips.Enums.ForeignKeep.Icc);
        Assert.True(file.AsSpan().IndexOf("ICC_PROFILE"u8) > 0, "The file must contain the profile.");

        var variants = await Engines.RenderAsync(engine, file, new() { JpegQuality = 100, WebpQuality = 100 });

        Assert.Equal(2, variants.Count);
        foreach (var variant in variants)
        {
            AssertQuadrants(variant.Content, colours[0], colours[1], colours[2], colours[3], tolerance);
            using var image = NetVips.Image.NewFromBuffer(variant.Content);
            Assert.Equal(3, image.Bands);
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Variants_of_CMYK_without_a_profile_have_three_colours(string engine)
    {
        foreach (var variant in await Engines.RenderAsync(engine, HandMadeJpeg.Solid(10, 250, 120, 255)))
        {
            using var image = NetVips.Image.NewFromBuffer(variant.Content);
            Assert.Equal(3, image.Bands);
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Transparency_survives_colour_conversion(string engine)
    {
        Rgba32 p3Red = new(234, 51, 35, 128);
        using var picture = Quadrants(200, 200, p3Red, p3Red, p3Red, p3Red);

        var variants = await Engines.RenderAsync(engine, HandMadePng.With(picture.Bytes(Png), HandMadePng.IccProfile(HandMadeIccProfile.DisplayP3)));

        AssertQuadrants(variants[0].Content, ExpectedRed with { A = 128 }, ExpectedRed with { A = 128 }, ExpectedRed with { A = 128 }, ExpectedRed with { A = 128 }, tolerance: 8);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task An_image_with_a_corrupt_colour_profile_is_rendered(string engine)
    {
        var valid = HandMadeIccProfile.DisplayP3;
        using var picture = Quadrants(40, 40);
        for (var i = 128; i < 260; i++)
        {
            var broken = valid.ToArray();
            broken[i] ^= 0xFF;
            var webp = HandMadeWebp.Extended(40, 40, flags: 0x20, picture.Bytes(Webp), HandMadeWebp.Chunk("ICCP", broken), after: []);

            Assert.Equal(2, (await Engines.RenderAsync(engine, webp)).Count);
        }
    }

    private static async Task AssertConvertedAsync(string engine, byte[] profile, Rgba32[] stored, Rgba32[] expected)
    {
        using var picture = Quadrants(200, 200, stored[0], stored[1], stored[2], stored[3]);
        var png = HandMadePng.With(picture.Bytes(Png), HandMadePng.IccProfile(profile));
        var webp = HandMadeWebp.Extended(200, 200, flags: 0x20, picture.Bytes(LosslessWebp), HandMadeWebp.Chunk("ICCP", profile), after: []);
        picture.Metadata.IccProfile = new(profile);
        foreach (var file in (byte[][])[picture.Bytes(new JpegEncoder { Quality = 100 }), png, webp])
        {
            var variants = await Engines.RenderAsync(engine, file, new() { JpegQuality = 100, WebpQuality = 100 });

            Assert.All(variants, variant => AssertQuadrants(variant.Content, expected[0], expected[1], expected[2], expected[3], tolerance: 8));
        }
    }
}
