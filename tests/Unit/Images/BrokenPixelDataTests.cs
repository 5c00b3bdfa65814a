using ServerlessScale.Bench.Images.Files;
using ServerlessScale.Shared.Images.Probing;
using SixLabors.ImageSharp.Formats.Png;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>
/// Tests files with a complete structure but incomplete pixel data. The engines must reject such files instead of rendering blank areas.
/// </summary>
public sealed class BrokenPixelDataTests
{
    public static TheoryData<string> AllEngines => Engines.All;

    public static TheoryData<string, int> PngInterlaces => Engines.With(0, 1);

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_png_that_lacks_half_of_its_rows_is_rejected(string engine)
    {
        byte[] opaqueRow = [0, .. Enumerable.Repeat((byte)200, 40 * 3)];
        byte[] clearRow = [0, .. new byte[40 * 4]];

        var opaque = HandMadePng.File(HandMadePng.Header(40, 40, colorType: 2), HandMadePng.Data(Rows(opaqueRow, 20)), HandMadePng.End);
        var clear = HandMadePng.File(HandMadePng.Header(40, 40, colorType: 6), HandMadePng.Data(Rows(clearRow, 20)), HandMadePng.End);

        Assert.Contains(await CodeForAsync(engine, opaque), (string[])["image-truncated", "image-corrupt"]);
        Assert.Contains(await CodeForAsync(engine, clear), (string[])["image-truncated", "image-corrupt"]);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_png_with_a_transparent_last_row_is_rendered(string engine)
    {
        byte[] clearRow = [0, .. new byte[40 * 4]];
        var clear = HandMadePng.File(HandMadePng.Header(40, 40, colorType: 6), HandMadePng.Data(Rows(clearRow, 40)), HandMadePng.End);

        Assert.Equal(2, (await Engines.RenderAsync(engine, clear)).Count);
    }

    [Theory]
    [MemberData(nameof(PngInterlaces))]
    public async Task A_png_with_a_wrong_pixel_checksum_is_rejected(string engine, int interlace)
    {
        using var picture = TestPictures.Quadrants(40, 40);
        var file = picture.Bytes(new PngEncoder { InterlaceMethod = (PngInterlaceMode)interlace });
        var data = file.AsSpan().IndexOf("IDAT"u8);
        file[data + 20] ^= 0x55;

        Assert.Contains(await CodeForAsync(engine, file), (string[])["image-truncated", "image-corrupt"]);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task An_interlaced_png_without_its_last_pass_is_rejected(string engine)
    {
        var cut = HandMadePng.Interlaced(8, 8, passes: 6);

        Assert.Equal(2, (await Engines.RenderAsync(engine, HandMadePng.Interlaced(8, 8))).Count);
        Assert.Contains(await CodeForAsync(engine, cut), (string[])["image-truncated", "image-corrupt"]);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_very_narrow_interlaced_png_never_hangs_the_engine(string engine)
    {
        for (var width = 1; width <= 6; width++)
        {
            var file = HandMadePng.Interlaced(width, height: 9);

            var outcome = await Record.ExceptionAsync(() => Engines.RenderAsync(engine, file));

            Assert.True(outcome is null || (width < 5 && outcome is ImageRejectedException { Code: "image-unsupported" }), $"{width}: {outcome}");
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_gif_with_fewer_codes_than_pixels_is_rejected(string engine)
    {
        // The frame has codes for one pixel, but its header claims 2 x 1 pixels.
        var file = HandMadeGif.OnePixelFrames(1);
        file[6] = 2;
        file[Array.IndexOf(file, (byte)0x2C) + 5] = 2;

        Assert.Contains(await CodeForAsync(engine, file), (string[])["image-truncated", "image-corrupt"]);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_webp_with_truncated_frame_data_is_rejected(string engine)
    {
        using var picture = TestPictures.Quadrants(200, 200);
        foreach (var encoder in (SixLabors.ImageSharp.Formats.IImageEncoder[])[TestPictures.Webp, TestPictures.LosslessWebp])
        {
            var still = picture.Bytes(encoder);
            var isExtended = still.AsSpan(12).StartsWith("VP8X"u8);
            var image = isExtended ? still[30..] : still[12..];
            var type = System.Text.Encoding.ASCII.GetString(image[..4]);

            var cut = HandMadeWebp.Extended(200, 200, flags: 0, [.. new byte[12], .. HandMadeWebp.Chunk(type, image[8..(image.Length / 2)])], before: [], after: []);

            Assert.Contains(await CodeForAsync(engine, cut), (string[])["image-truncated", "image-corrupt"]);
        }
    }

    private static byte[] Rows(byte[] row, int count) => [.. Enumerable.Repeat(row, count).SelectMany(r => r)];

    private static async Task<string> CodeForAsync(string engine, byte[] file) =>
        (await Assert.ThrowsAsync<ImageRejectedException>(() => Engines.RenderAsync(engine, file))).Code;
}
