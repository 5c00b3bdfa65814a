using System.Buffers.Binary;
using ServerlessScale.Bench.Images.Files;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>
/// Tests files that are truncated, inconsistent or designed to be expensive. The probe must reject such files before a pixel is decoded.
/// </summary>
public sealed class HostileImageTests
{
    private static readonly ImageOptions Limits = new();

    [Fact]
    public void An_image_truncated_before_its_last_pixels_is_reported_as_truncated()
    {
        foreach (var (name, file) in TestPictures.OfEveryKind(16, 16))
        {
            // Of an animation, only the first frame matters. FlawedImageTests compares the pixels of files that are cut later.
            var end = name is "gif" or "animated webp" ? file.Length / 3 : file.Length * 2 / 3;
            for (var length = ImageSignature.Length; length < end; length++)
            {
                Assert.True("image-truncated" == CodeFor(file[..length]), $"{name} cut to {length} of {file.Length} bytes");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("Only text, but named photo.jpg")]
    public void An_unknown_image_format_is_reported_as_unsupported(string content) =>
        Assert.Equal("image-unsupported", CodeFor(System.Text.Encoding.UTF8.GetBytes(content)));

    [Fact]
    public void A_png_of_2500_megapixels_is_rejected_without_allocating_pixels()
    {
        var file = HandMadePng.File(HandMadePng.Header(50_000, 50_000), HandMadePng.Data(new byte[100]), HandMadePng.End);
        CodeFor(file);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var code = CodeFor(file);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal("image-too-many-pixels", code);
        Assert.InRange(allocated, 0, 100_000);
    }

    [Fact]
    public void A_png_wider_than_65535_pixels_is_rejected() =>
        Assert.Equal("image-too-many-pixels", CodeFor(HandMadePng.File(HandMadePng.Header(int.MaxValue, 1), HandMadePng.Data([0]), HandMadePng.End)));

    [Fact]
    public void A_gif_is_not_read_beyond_the_frame_limit()
    {
        using var stream = new CountingStream(HandMadeGif.OnePixelFrames(100_000));

        var rejected = Assert.Throws<ImageRejectedException>(() => ImageProbe.Read(stream, Limits));

        Assert.Equal("image-too-many-frames", rejected.Code);
        Assert.InRange(stream.BytesRead, 0, stream.Length / 10);
    }

    [Fact]
    public void A_gif_at_the_frame_limit_is_accepted() =>
        Assert.Equal(Limits.MaxFrames, ImageProbe.Read(new MemoryStream(HandMadeGif.OnePixelFrames(Limits.MaxFrames)), Limits).Header.Frames);

    [Fact]
    public void An_animated_webp_above_the_frame_limit_is_rejected()
    {
        using var picture = TestPictures.Quadrants(4, 4);
        var still = picture.Bytes(TestPictures.Webp);

        var file = HandMadeWebp.Animation(4, 4, [.. Enumerable.Repeat((0, 0, still), 4)]);

        Assert.Equal("image-too-many-frames", CodeFor(file, new ImageOptions { MaxFrames = 3 }));
    }

    [Fact]
    public void A_png_that_claims_too_many_frames_is_rejected() =>
        Assert.Equal("image-too-many-frames", CodeFor(HandMadePng.File(
            HandMadePng.Header(1, 1), HandMadePng.Chunk("acTL", [255, 255, 255, 255, 0, 0, 0, 0]), HandMadePng.Data([0, 1, 2, 3]), HandMadePng.End)));

    [Fact]
    public void An_image_file_above_the_size_limit_is_rejected() =>
        Assert.Equal("image-too-large", CodeFor(HandMadeJpeg.Solid(1, 2, 3), new ImageOptions { MaxBytes = 100 }));

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 0)]
    public void An_image_with_zero_width_or_height_is_reported_as_corrupt(uint width, uint height) =>
        Assert.Equal("image-corrupt", CodeFor(HandMadePng.File(HandMadePng.Header(width, height), HandMadePng.Data([0]), HandMadePng.End)));

    [Fact]
    public void An_image_with_two_headers_is_reported_as_corrupt()
    {
        var png = HandMadePng.File(HandMadePng.Header(1, 1), HandMadePng.Header(60_000, 60_000), HandMadePng.Data([0, 1, 2, 3]), HandMadePng.End);
        var jpeg = HandMadeJpeg.Solid(1, 2, 3).ToList();
        var frame = new List<byte>();
        HandMadeJpeg.Segment(frame, 0xC0, [8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0]);
        jpeg.InsertRange(jpeg.Count - 2, frame);

        Assert.Equal("image-corrupt", CodeFor(png));
        Assert.Equal("image-corrupt", CodeFor([.. jpeg]));
    }

    [Fact]
    public void A_still_webp_larger_than_its_canvas_is_reported_as_corrupt()
    {
        using var picture = TestPictures.Quadrants(40, 30);

        var file = HandMadeWebp.Extended(1, 1, flags: 0, picture.Bytes(TestPictures.Webp), before: [], after: []);

        Assert.Equal("image-corrupt", CodeFor(file));
    }

    [Fact]
    public void A_webp_frame_outside_its_canvas_is_reported_as_corrupt()
    {
        using var picture = TestPictures.Quadrants(40, 30);

        var file = HandMadeWebp.Animation(40, 30, (2, 0, picture.Bytes(TestPictures.Webp)));

        Assert.Equal("image-corrupt", CodeFor(file));
    }

    [Fact]
    public void A_huge_gif_frame_on_a_small_canvas_is_rejected()
    {
        var file = HandMadeGif.OnePixelFrames(1);
        var descriptor = Array.IndexOf(file, (byte)0x2C);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(descriptor + 5), ushort.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(descriptor + 7), ushort.MaxValue);

        Assert.Equal("image-too-many-pixels", CodeFor(file));
    }

    [Fact]
    public void A_jpeg_with_too_little_data_is_reported_as_truncated()
    {
        var file = HandMadeJpeg.Solid(1, 2, 3);
        var frame = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 4000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 4000);

        Assert.Equal("image-truncated", CodeFor(file));
    }

    [Fact]
    public void A_jpeg_with_thousands_of_scans_is_reported_as_unsupported()
    {
        var file = HandMadeJpeg.Solid(1, 2, 3);
        var scan = file[file.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA])..^2];

        Assert.Equal("image-unsupported", CodeFor([.. file[..^2], .. Enumerable.Repeat(scan, 5000).SelectMany(s => s), 0xFF, 0xD9]));
    }

    [Theory]
    [InlineData(0xC3)]
    [InlineData(0xC9)]
    [InlineData(0xCF)]
    public void A_lossless_or_arithmetic_coded_jpeg_is_reported_as_unsupported(int frameMarker)
    {
        var file = HandMadeJpeg.Solid(1, 2, 3);
        file[file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]) + 1] = (byte)frameMarker;

        Assert.Equal("image-unsupported", CodeFor(file));
    }

    [Fact]
    public void An_interlaced_png_may_need_as_much_memory_as_other_images()
    {
        static byte[] Interlaced(uint side) => HandMadePng.File(HandMadePng.Header(side, side, bitDepth: 16, colorType: 6, interlace: 1), HandMadePng.Data([0]), HandMadePng.End);

        Assert.Equal((5_000, 5_000), ImageProbe.Read(new MemoryStream(Interlaced(5_000)), Limits).Stored);
        Assert.Equal("image-too-many-pixels", CodeFor(Interlaced(5_001)));
    }

    [Fact]
    public void A_png_chunk_with_an_impossible_length_is_reported_as_corrupt()
    {
        var chunk = HandMadePng.Chunk("tEXt", []);
        chunk[0] = 0xFF;

        Assert.Equal("image-corrupt", CodeFor(HandMadePng.File(HandMadePng.Header(1, 1), chunk, HandMadePng.Data([0, 1, 2, 3]), HandMadePng.End)));
    }

    public static TheoryData<string> Padding => ["jpeg", "png", "gif", "webp"];

    [Theory]
    [MemberData(nameof(Padding))]
    public void The_probe_reads_millions_of_empty_segments_only_once(string format)
    {
        using var stream = new CountingStream(Padded(format, bytes: 25_000_000));

        var header = ImageProbe.Read(stream, Limits).Header;

        Assert.Equal($"image/{format}", header.ContentType);
        Assert.InRange(stream.BytesRead, 0, stream.Length + (64 * 1024));
        Assert.InRange(stream.Reads, 0, 5_000);
    }

    private static byte[] Padded(string format, int bytes)
    {
        byte[] Filler(byte[] unit) => [.. Enumerable.Repeat(unit, bytes / unit.Length).SelectMany(b => b)];
        using var picture = TestPictures.Quadrants(8, 8);
        switch (format)
        {
            case "jpeg":
                return [0xFF, 0xD8, .. Filler([0xFF, 0xE5, 0, 2]), .. HandMadeJpeg.Solid(1, 2, 3)[2..]];
            case "png":
                return HandMadePng.File(HandMadePng.Header(1, 1), Filler(HandMadePng.Chunk("tEXt", [])), HandMadePng.Data([0, 1, 2, 3]), HandMadePng.End);
            case "gif":
                var gif = HandMadeGif.OnePixelFrames(1);
                return [.. gif[..^1], 0x21, 0xFE, .. Filler([1, 0x2C]), 0, 0x3B];
            default:
                return HandMadeWebp.Extended(8, 8, flags: 0, picture.Bytes(TestPictures.Webp), Filler(HandMadeWebp.Chunk("junk", [])), after: []);
        }
    }

    private static string CodeFor(byte[] file, ImageOptions? limits = null) =>
        Assert.Throws<ImageRejectedException>(() => ImageProbe.Read(new MemoryStream(file), limits ?? Limits)).Code;
}
