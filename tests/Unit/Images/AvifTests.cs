using System.Buffers.Binary;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Tests AVIF output. Only the libvips engine can encode AVIF.</summary>
public sealed class AvifTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(300, 200)]
    public async Task The_libvips_engine_encodes_avif_at_the_planned_size(int width, int height)
    {
        using var picture = TestPictures.Quadrants(width, height);

        var variant = Assert.Single(await Engines.RenderAsync("Vips", picture.Bytes(TestPictures.Png), new ImageOptions { Formats = ["avif"] }));

        Assert.Equal("image/avif", variant.ContentType);
        Assert.True(variant.Content.Span[4..].StartsWith("ftypavif"u8));

        // The ispe property contains version, flags, width and height in this order (ISO/IEC 23008-12 section 6.5.3).
        var size = variant.Content.Span[(variant.Content.Span.IndexOf("ispe"u8) + 8)..];
        Assert.Equal((variant.Width, variant.Height), (BinaryPrimitives.ReadInt32BigEndian(size), BinaryPrimitives.ReadInt32BigEndian(size[4..])));
    }
}
