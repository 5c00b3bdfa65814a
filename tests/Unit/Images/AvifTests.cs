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
}
