using ServerlessScale.Bench.Images.Files;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class ImageProbeTests
{
    private static readonly ImageOptions Limits = new();

    [Fact]
    public void The_probe_reads_size_and_frame_count_of_every_format()
    {
        foreach (var (name, file) in TestPictures.OfEveryKind(40, 30))
        {
            var header = Read(file);

            var expected = name switch { "cmyk jpeg" => (8, 8), "tagged jpeg" => (30, 40), _ => (40, 30) };
            Assert.True(expected == (header.Width, header.Height), $"The probe reads {name} as {header.Width} x {header.Height}.");
            Assert.Equal(name is "gif" or "animated webp" ? 2 : 1, header.Frames);
        }
    }

    [Fact]
    public void The_probe_rewinds_the_stream()
    {
        using var stream = new MemoryStream(HandMadeJpeg.Solid(1, 2, 3)) { Position = 7 };

        ImageProbe.Read(stream, Limits);

        Assert.Equal(0, stream.Position);
    }

    [Theory]
    [InlineData("jpeg")]
    [InlineData("png")]
    [InlineData("webp")]
    public void EXIF_orientation_6_swaps_width_and_height(string format)
    {
        using var picture = TestPictures.Quadrants(40, 30);
        picture.Metadata.ExifProfile = Metadata.ExifWithGps(orientation: 6);
        var file = picture.Bytes(format switch { "jpeg" => TestPictures.Jpeg, "png" => TestPictures.Png, _ => TestPictures.Webp });

        var header = Read(file);

        Assert.Equal((6, 30, 40), (header.Orientation, header.Width, header.Height));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(ushort.MaxValue)]
    public void An_invalid_EXIF_orientation_is_treated_as_upright(int orientation)
    {
        using var picture = TestPictures.Quadrants(40, 30);
        picture.Metadata.ExifProfile = Metadata.ExifWithGps((ushort)orientation);

        var header = Read(picture.Bytes(TestPictures.Jpeg));

        Assert.Equal((1, 40, 30), (header.Orientation, header.Width, header.Height));
    }

    [Fact]
    public void The_probe_reads_a_progressive_jpeg()
    {
        using var picture = TestPictures.Quadrants(40, 30);
        _ = Engines.Create("Vips");
        using var image = NetVips.Image.NewFromBuffer(picture.Bytes(TestPictures.Png));

        Assert.Equal(40, Read(image.JpegsaveBuffer(interlace: true)).Width);
    }

    [Fact]
    public void The_frames_of_an_animated_png_are_counted()
    {
        var file = HandMadePng.File(
            HandMadePng.Header(1, 1),
            HandMadePng.Chunk("acTL", [0, 0, 0, 7, 0, 0, 0, 0]),
            HandMadePng.Data([0, 1, 2, 3]),
            HandMadePng.End);

        Assert.Equal(7, Read(file).Frames);
    }

    [Fact]
    public void The_probe_ignores_bytes_after_the_image()
    {
        foreach (var file in TestPictures.OfEveryKind(16, 16).Values)
        {
            var header = Read([.. file, .. "trailer"u8]);

            Assert.Equal(Read(file), header);
        }
    }

    private static ImageHeader Read(byte[] file) => ImageProbe.Read(new MemoryStream(file), Limits).Header;
}
