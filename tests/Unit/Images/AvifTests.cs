using System.Buffers.Binary;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Tests AVIF output. Only the libvips engine can encode AVIF.</summary>
public sealed class AvifTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(300, 200)]
    public async Task An_avif_file_from_the_libvips_engine_has_the_size_of_its_variant(int width, int height)
    {
        using var picture = TestPictures.Quadrants(width, height);

        var variant = Assert.Single(await Engines.RenderAsync("Vips", picture.Bytes(TestPictures.Png), new ImageOptions { Formats = ["avif"] }));

        Assert.Equal("image/avif", variant.ContentType);
        Assert.True(variant.Content.AsSpan(4).StartsWith("ftypavif"u8));

        // The ispe property contains the version, flags, width and height, in that order (ISO/IEC 23008-12 section 6.5.3).
        var size = variant.Content.AsSpan(variant.Content.AsSpan().IndexOf("ispe"u8) + 8);
        Assert.Equal((variant.Width, variant.Height), (BinaryPrimitives.ReadInt32BigEndian(size), BinaryPrimitives.ReadInt32BigEndian(size[4..])));
    }

    [Fact]
    public async Task An_upgrade_shows_the_pixels_of_the_image()
    {
        using var picture = TestPictures.Quadrants(1000, 600);

        var variants = await Engines.UpgradeAsync("Vips", picture.Bytes(TestPictures.Png));

        Assert.Equal(["160.avif", "480.avif", "960.avif"], variants.Select(variant => variant.Name.ToString()));
        Assert.All(variants, variant => TestPictures.AssertQuadrants(DecodedFile.Png(variant.Content)));
    }

    [Fact]
    public async Task An_upgrade_keeps_the_transparency_of_the_image()
    {
        using var picture = TestPictures.Quadrants(
            200, 200, TestPictures.Red with { A = 128 }, TestPictures.Green, TestPictures.Blue, TestPictures.White with { A = 0 });

        var variant = Assert.Single(await Engines.UpgradeAsync("Vips", picture.Bytes(TestPictures.Png)));

        TestPictures.AssertQuadrants(
            DecodedFile.Png(variant.Content), TestPictures.Red with { A = 128 }, TestPictures.Green, TestPictures.Blue, TestPictures.White with { A = 0 });
    }

    [Fact]
    public async Task An_upgrade_omits_variants_that_exist()
    {
        using var picture = TestPictures.Quadrants(500, 500);

        var variants = await Engines.UpgradeAsync("Vips", picture.Bytes(TestPictures.Png), present: [new VariantName(160, "avif")]);

        Assert.Equal(["480.avif"], variants.Select(variant => variant.Name.ToString()));
    }

    [Theory, MemberData(nameof(Engines.All), MemberType = typeof(Engines))]
    public async Task Every_engine_can_upgrade_to_the_formats_that_it_encodes(string engine)
    {
        using var picture = TestPictures.Quadrants(500, 500);

        var variants = await Engines.UpgradeAsync(
            engine, picture.Bytes(TestPictures.Png), new ImageOptions { Formats = ["jpg"], UpgradeFormats = ["webp"] });

        Assert.Equal(["160.webp", "480.webp"], variants.Select(variant => variant.Name.ToString()));
        Assert.All(variants, variant => TestPictures.AssertQuadrants(variant.Content));
    }
}
