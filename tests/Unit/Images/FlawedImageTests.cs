using ServerlessScale.Bench.Images.Files;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using static ServerlessScale.Tests.Unit.Images.TestPictures;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>
/// Tests files that are complete but not perfect. Each must be rendered to the same bytes as the sound file. A file whose pixels are incomplete
/// must be rejected.
/// </summary>
public sealed class FlawedImageTests
{
    private static readonly ImageOptions Original = new() { Widths = [64], JpegQuality = 100, WebpQuality = 100 };

    public static TheoryData<string> AllEngines => Engines.All;

    public static TheoryData<string, string> CompleteFiles => Engines.With(FlawedFiles.Sound.Keys);

    public static TheoryData<string, string> Kinds => Engines.With("jpeg", "tagged jpeg", "gray jpeg", "cmyk jpeg", "png", "16-bit interlaced png", "palette png", "gif", "webp", "animated webp");

    [Theory]
    [MemberData(nameof(CompleteFiles))]
    public async Task A_complete_file_with_a_flaw_is_rendered_like_the_sound_file(string engine, string name)
    {
        var file = FlawedFiles.Read(name);
        var sound = FlawedFiles.Sound[name](file);
        Assert.NotEqual(sound, file);

        await AssertSameAsync(engine, sound, file);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_file_that_ends_early_is_complete_or_truncated(string engine, string kind)
    {
        var whole = OfEveryKind(40, 30)[kind];
        var expected = await Engines.RenderAsync(engine, whole, Original);
        var step = Math.Max(1, whole.Length / 50);
        var lengths = Enumerable.Range(1, 49).Select(i => i * step).Concat(Enumerable.Range(whole.Length - 20, 20)).Where(length => length >= 12);
        foreach (var length in lengths)
        {
            try
            {
                AssertSame(expected, await Engines.RenderAsync(engine, whole[..length], Original), $"{length} of {whole.Length} bytes");
            }
            catch (ImageRejectedException rejected)
            {
                Assert.Equal("image-truncated", rejected.Code);
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_jpeg_that_was_truncated_and_closed_is_rejected(string engine)
    {
        var rejected = await Assert.ThrowsAsync<ImageRejectedException>(
            () => Engines.RenderAsync(engine, FlawedFiles.Read("jpeg-truncated-then-closed-with-eoi.jpg")));

        Assert.Equal("image-truncated", rejected.Code);
        Assert.Matches("about [1-9][0-9]? % of its pixels", rejected.Message);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Jpegs_of_every_structure_are_rejected_when_truncated_and_closed(string engine)
    {
        foreach (var (name, file) in Structures())
        {
            var expected = await Engines.RenderAsync(engine, file, Original);
            var scan = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
            for (var share = 1; share < 10; share++)
            {
                byte[] closed = [.. file[..(scan + 14 + ((file.Length - scan - 14) * share / 10))], 0xFF, 0xD9];

                var outcome = await Record.ExceptionAsync(() => Engines.RenderAsync(engine, closed, Original));

                Assert.True(outcome is ImageRejectedException { Code: "image-truncated" or "image-corrupt" }, $"{name} cut to {share} tenths: {outcome}");
            }

            AssertSame(expected, await Engines.RenderAsync(engine, file[..^2], Original), $"{name} without its end");
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_download_filled_up_with_zeros_is_rejected(string engine)
    {
        foreach (var (name, file) in Structures())
        {
            byte[] padded = [.. file[..(file.Length / 2)], .. new byte[file.Length / 2]];

            var outcome = await Record.ExceptionAsync(() => Engines.RenderAsync(engine, padded));

            Assert.True(outcome is ImageRejectedException { Code: "image-truncated" }, $"{name}: {outcome}");
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_trailer_after_the_last_pixel_of_a_jpeg_is_ignored(string engine)
    {
        var sound = FlawedFiles.Read("reference-good.jpg");
        byte[] trailer = [.. "SEFT"u8, 0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xD9];

        await AssertSameAsync(engine, sound, [.. sound, .. trailer]);
        await AssertSameAsync(engine, sound, [.. sound[..^2], .. trailer[4..]]);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_png_with_empty_or_tiny_pixel_chunks_is_rendered(string engine)
    {
        byte[] raw = [.. Enumerable.Range(0, 30).SelectMany(y => (byte[])[0, .. Enumerable.Range(0, 40 * 3).Select(x => (byte)(x + y))])];
        var data = HandMadePng.Deflate(raw);
        var header = HandMadePng.Header(40, 30);
        var sound = HandMadePng.File(header, HandMadePng.Chunk("IDAT", data), HandMadePng.End);
        byte[] empty = HandMadePng.Chunk("IDAT", []);

        await AssertSameAsync(engine, sound, HandMadePng.File(header, HandMadePng.Chunk("IDAT", data[..1]), HandMadePng.Chunk("IDAT", data[1..]), HandMadePng.End));
        await AssertSameAsync(engine, sound, HandMadePng.File(header, HandMadePng.Chunk("IDAT", data[..9]), empty, HandMadePng.Chunk("IDAT", data[9..]), empty, HandMadePng.End));
        await AssertSameAsync(engine, sound, HandMadePng.File(header, HandMadePng.Chunk("tEXt", [65, 0, 65]), empty, HandMadePng.Chunk("IDAT", data)));
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_truncated_second_frame_does_not_matter(string engine)
    {
        using var still = Quadrants(40, 30);
        using var animated = Quadrants(40, 30);
        using var second = Quadrants(40, 30, White, Blue, Green, Red);
        animated.Frames.AddFrame(second.Frames.RootFrame);
        var gif = animated.Bytes(Gif);
        var webp = HandMadeWebp.Animation(40, 30, (0, 0, still.Bytes(Webp)), (0, 0, second.Bytes(Webp)));

        await AssertSameAsync(engine, gif, gif[..^30]);
        await AssertSameAsync(engine, webp, webp[..^30]);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_gif_canvas_is_transparent_outside_its_first_frame(string engine)
    {
        var variants = await Engines.RenderAsync(engine, FlawedFiles.Read("gif-first-frame-smaller-than-screen.gif"), new() { Widths = [100] });
        var frame = await Engines.RenderAsync(engine, FlawedFiles.Read("gif-screen-0x0.gif"), Original);

        using var canvas = Image.Load<Rgba32>(variants[0].Content);
        using var picture = Image.Load<Rgba32>(frame[0].Content);
        Assert.Equal((100, 80), (canvas.Width, canvas.Height));
        Assert.Equal(64 * 48, Count(canvas, pixel => pixel.A == 255));
        Assert.Equal((100 * 80) - (64 * 48), Count(canvas, pixel => pixel.A == 0));
        Assert.Equal((64, 48), (picture.Width, picture.Height));
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_gif_frame_beyond_its_screen_enlarges_the_canvas(string engine)
    {
        var file = FlawedFiles.Read("gif-first-frame-smaller-than-screen.gif");
        file[6] = 10;

        var probed = ImageProbe.Read(new MemoryStream(file), new ImageOptions());
        var variants = await Engines.RenderAsync(engine, file, new() { Widths = [probed.Header.Width] });

        Assert.True(probed.FirstFrame!.X > 0);
        Assert.Equal((probed.FirstFrame.X + 64, 80), (variants[0].Width, variants[0].Height));
    }

    [Fact]
    public void A_png_for_apps_of_Apple_is_named_as_such()
    {
        var rejected = Assert.Throws<ImageRejectedException>(
            () => ImageProbe.Read(new MemoryStream(FlawedFiles.Read("png-apple-cgbi.png")), new ImageOptions()));

        Assert.Equal("image-unsupported", rejected.Code);
        Assert.Contains("Apple's own variant of PNG", rejected.Message, StringComparison.Ordinal);
    }

    /// <summary>Returns JPEG files with noise, so that each part of the data matters, in every structure that libjpeg writes.</summary>
    private static IEnumerable<(string Name, byte[] File)> Structures()
    {
        using var noise = new Image<Rgb24>(61, 45);
        var random = new Random(1);
        for (var i = 0; i < noise.Width * noise.Height; i++)
        {
            noise[i % noise.Width, i / noise.Width] = new((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        }

        using var png = new MemoryStream();
        noise.SaveAsPng(png);
        _ = Engines.Create("Vips");
        using var image = NetVips.Image.NewFromBuffer(png.ToArray());
        foreach (var subsampling in (NetVips.Enums.ForeignSubsample[])[NetVips.Enums.ForeignSubsample.On, NetVips.Enums.ForeignSubsample.Off])
        {
            foreach (var interlace in (bool[])[false, true])
            {
                foreach (var restart in (int[])[0, 3])
                {
                    yield return ($"{subsampling} {interlace} {restart}", image.JpegsaveBuffer(q: 80, interlace: interlace, subsampleMode: subsampling, restartInterval: restart));
                }
            }
        }
    }

    private static int Count(Image<Rgba32> image, Func<Rgba32, bool> matches) =>
        Enumerable.Range(0, image.Width * image.Height).Count(i => matches(image[i % image.Width, i / image.Width]));

    private static async Task AssertSameAsync(string engine, byte[] sound, byte[] flawed) =>
        AssertSame(await Engines.RenderAsync(engine, sound, Original), await Engines.RenderAsync(engine, flawed, Original), "");

    private static void AssertSame(
        IReadOnlyList<ServerlessScale.Shared.Images.Rendering.RenderedVariant> expected,
        IReadOnlyList<ServerlessScale.Shared.Images.Rendering.RenderedVariant> actual,
        string message)
    {
        Assert.Equal(expected.Select(variant => variant.Name), actual.Select(variant => variant.Name));
        Assert.True(expected.Zip(actual).All(pair => pair.First.Content.AsSpan().SequenceEqual(pair.Second.Content)), message);
    }
}
