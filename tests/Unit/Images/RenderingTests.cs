using System.Text;
using ServerlessScale.Bench.Images.Files;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.PixelFormats;
using static ServerlessScale.Tests.Unit.Images.TestPictures;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class RenderingTests
{
    /// <summary>
    /// The stored corner colours that a viewer shows as red, green, blue and white, for each EXIF orientation (EXIF 2.32).
    /// </summary>
    private static readonly Dictionary<int, Rgba32[]> StoredCorners = new()
    {
        [1] = [Red, Green, Blue, White],
        [2] = [Green, Red, White, Blue],
        [3] = [White, Blue, Green, Red],
        [4] = [Blue, White, Red, Green],
        [5] = [Red, Blue, Green, White],
        [6] = [Green, White, Red, Blue],
        [7] = [White, Green, Blue, Red],
        [8] = [Blue, Red, White, Green],
    };

    public static TheoryData<string> AllEngines => Engines.All;

    public static TheoryData<string, int> Orientations => Engines.With(StoredCorners.Keys);

    public static TheoryData<string, int> Widths => Engines.With(1, 2, 159, 160, 161, 479, 481, 959, 961, 1919, 1920, 1921, 3841);

    public static TheoryData<string, string> Kinds => Engines.With(OfEveryKind(1, 1).Keys);

    [Theory]
    [MemberData(nameof(Orientations))]
    public async Task Every_exif_orientation_is_applied(string engine, int orientation)
    {
        var corners = StoredCorners[orientation];
        var (width, height) = orientation < 5 ? (400, 200) : (200, 400);
        using var stored = Quadrants(width, height, corners[0], corners[1], corners[2], corners[3]);
        stored.Metadata.ExifProfile = Metadata.ExifWithGps((ushort)orientation);

        foreach (var encoder in (IImageEncoder[])[Jpeg, Png])
        {
            var variants = await Engines.RenderAsync(engine, stored.Bytes(encoder));

            Assert.Equal(["160x80.webp", "160x80.jpg"], variants.Select(Name));
            Assert.All(variants, variant => AssertQuadrants(variant.Content));
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public async Task Every_planned_size_is_rendered_with_the_right_content(string engine, int width)
    {
        using var picture = Quadrants(width, 24);
        var header = new ImageHeader("image/jpeg", width, 24, 1, 1);

        var variants = await Engines.RenderAsync(engine, picture.Bytes(Jpeg));

        var rungs = Ladder.Plan(header, new ImageOptions().Widths);
        Assert.Equal(rungs.Reverse().SelectMany(rung => new[] { $"{rung.Width}x{rung.Height}.webp", $"{rung.Width}x{rung.Height}.jpg" }), variants.Select(Name));
        foreach (var variant in variants)
        {
            var info = Image.Identify(variant.Content, out var format);
            Assert.Equal((variant.Width, variant.Height, variant.ContentType), (info.Width, info.Height, format.DefaultMimeType));
            if (variant is { Width: >= 8, Height: >= 8 })
            {
                AssertQuadrants(variant.Content);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_supported_image_format_is_rendered(string engine, string kind)
    {
        var variants = await Engines.RenderAsync(engine, OfEveryKind(400, 300)[kind]);

        var expected = kind switch { "cmyk jpeg" => (8, 8), "tagged jpeg" => (160, 213), _ => (160, 120) };
        Assert.All(variants, variant => Assert.Equal(expected, (variant.Width, variant.Height)));
        Assert.Equal(["webp", "jpg"], variants.Select(variant => variant.Format));
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_one_pixel_image_keeps_its_colour(string engine)
    {
        using var picture = Quadrants(1, 1, Red, Red, Red, Blue);

        var variants = await Engines.RenderAsync(engine, picture.Bytes(Png));

        Assert.Equal(["1x1.webp", "1x1.jpg"], variants.Select(Name));
        Assert.All(variants, variant => AssertQuadrants(variant.Content, Blue, Blue, Blue, Blue));
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_cmyk_jpeg_is_converted_to_rgb(string engine)
    {
        var variants = await Engines.RenderAsync(engine, HandMadeJpeg.Solid(0, 255, 255, 255));

        var cyan = new Rgba32(0, 255, 255);
        foreach (var variant in variants)
        {
            // The range includes the duller cyan that results from a conversion with a colour profile and the brighter cyan that results
            // without a profile.
            using var image = Image.Load<Rgba32>(variant.Content);
            Assert.True(image[4, 4].R < 60 && image[4, 4].G > 140 && image[4, 4].B > 190, $"{image[4, 4]} is not {cyan}");
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_grayscale_jpeg_is_rendered_in_gray(string engine)
    {
        using var picture = Quadrants(40, 40, new(20, 20, 20), new(90, 90, 90), new(160, 160, 160), new(230, 230, 230));

        var variants = await Engines.RenderAsync(engine, picture.Bytes(new JpegEncoder { ColorType = JpegColorType.Luminance }));

        Assert.All(variants, variant => AssertQuadrants(variant.Content, new(20, 20, 20), new(90, 90, 90), new(160, 160, 160), new(230, 230, 230), tolerance: 6));
    }

    public static TheoryData<string, PngBitDepth, PngInterlaceMode> PngForms
    {
        get
        {
            var forms = new TheoryData<string, PngBitDepth, PngInterlaceMode>();
            foreach (var engine in Engines.All)
            {
                forms.Add(engine, PngBitDepth.Bit8, PngInterlaceMode.Adam7);
                forms.Add(engine, PngBitDepth.Bit16, PngInterlaceMode.None);
                forms.Add(engine, PngBitDepth.Bit16, PngInterlaceMode.Adam7);
            }

            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(PngForms))]
    public async Task Interlaced_pngs_and_16_bit_pngs_are_rendered(string engine, PngBitDepth depth, PngInterlaceMode interlace)
    {
        using var picture = Quadrants(250, 123);

        var variants = await Engines.RenderAsync(engine, picture.Bytes(new PngEncoder { BitDepth = depth, InterlaceMethod = interlace, ColorType = PngColorType.Rgb }));

        Assert.All(variants, variant => AssertQuadrants(variant.Content));
    }

    [Theory]
    [InlineData("png")]
    [InlineData("webp")]
    [InlineData("lossless webp")]
    public async Task Transparent_pixels_become_white_only_in_jpeg(string format)
    {
        using var picture = Quadrants(400, 400, Red, Green with { A = 0 }, Blue with { A = 128 }, White);
        var file = picture.Bytes(format switch { "png" => Png, "webp" => Webp, _ => LosslessWebp });
        foreach (var engine in Engines.All)
        {
            var variants = await Engines.RenderAsync(engine, file);

            AssertQuadrants(variants[0].Content, Red, Green with { A = 0 }, Blue with { A = 128 }, White);
            AssertQuadrants(variants[1].Content, Red, new(255, 255, 255), new(142, 142, 237), White);
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Colours_of_transparent_pixels_do_not_bleed_into_opaque_pixels(string engine)
    {
        using var picture = Quadrants(1600, 1600, Red, Green with { A = 0 }, Red, Green with { A = 0 });

        var variants = await Engines.RenderAsync(engine, picture.Bytes(Png), new ImageOptions { Widths = [15], WebpQuality = 100 });

        using var edge = Image.Load<Rgba32>(variants[0].Content);
        Assert.InRange(edge[7, 7].A, 60, 200);
        AssertClose(Red with { A = edge[7, 7].A }, edge[7, 7], tolerance: 40);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task An_animation_is_rendered_as_its_first_frame(string engine)
    {
        using var first = Quadrants(200, 200);
        using var second = Quadrants(200, 200, White, Blue, Green, Red);
        var webp = HandMadeWebp.Animation(200, 200, (0, 0, first.Bytes(Webp)), (0, 0, second.Bytes(Webp)));
        first.Frames.AddFrame(second.Frames.RootFrame);

        foreach (var file in (byte[][])[first.Bytes(new GifEncoder()), webp])
        {
            var variants = await Engines.RenderAsync(engine, file);

            Assert.Equal(["160x160.webp", "160x160.jpg"], variants.Select(Name));
            Assert.All(variants, variant => AssertQuadrants(variant.Content));
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_small_first_frame_is_placed_on_the_canvas(string engine)
    {
        using var frame = Quadrants(100, 100, Red, Red, Red, Red);

        var variants = await Engines.RenderAsync(engine, HandMadeWebp.Animation(200, 200, (100, 0, frame.Bytes(Webp))));

        var nothing = new Rgba32(0, 0, 0, 0);
        AssertQuadrants(variants[0].Content, nothing, Red, nothing, nothing);
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Variants_do_not_contain_metadata(string engine)
    {
        using var picture = Quadrants(200, 200);
        Metadata.AddAll(picture);
        foreach (var encoder in (IImageEncoder[])[Jpeg, Png, Webp])
        {
            var file = picture.Bytes(encoder);
            Assert.True(file.AsSpan().IndexOf("Jane Photographer"u8) > 0, "The source must contain the metadata.");

            foreach (var variant in await Engines.RenderAsync(engine, file))
            {
                using var image = Image.Load(variant.Content);
                Assert.Null(image.Metadata.ExifProfile);
                Assert.Null(image.Metadata.XmpProfile);
                Assert.Null(image.Metadata.IccProfile);
                Assert.Null(image.Metadata.IptcProfile);
                foreach (var trace in (string[])["Exif", "EXIF", "ICC", "XMP", "http://ns.adobe.com", "Photoshop", "Jane"])
                {
                    Assert.Equal(-1, variant.Content.AsSpan().IndexOf(Encoding.ASCII.GetBytes(trace)));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Rendering_an_image_twice_produces_the_same_bytes(string engine)
    {
        var file = OfEveryKind(400, 300)["transparent webp"];

        var first = await Engines.RenderAsync(engine, file);
        var second = await Engines.RenderAsync(engine, file);

        Assert.Equal(first.Select(variant => variant.Content), second.Select(variant => variant.Content));
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task A_very_tall_image_is_scaled_down_to_the_webp_height_limit(string engine)
    {
        using var picture = Quadrants(20, 40_000);

        var variants = await Engines.RenderAsync(engine, picture.Bytes(Png));

        Assert.Equal(["8x16383.webp", "8x16383.jpg"], variants.Select(Name));
        Assert.All(variants, variant => AssertQuadrants(variant.Content));
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Decoding_resizing_and_encoding_are_timed(string engine)
    {
        var report = new RenderReport();
        using var source = new MemoryStream(OfEveryKind(400, 300)["jpeg"]);
        var probed = ImageProbe.Read(source, new ImageOptions());

        await foreach (var _ in Engines.Create(engine).RenderAsync(source, probed, report, TestContext.Current.CancellationToken))
        {
        }

        Assert.All([report.Decode, report.Resize, report.Encode], time => Assert.True(time > TimeSpan.Zero));
    }

    [Theory]
    [MemberData(nameof(AllEngines))]
    public async Task Cancellation_stops_the_rendering(string engine)
    {
        using var cancelled = new CancellationTokenSource();
        using var source = new MemoryStream(OfEveryKind(400, 300)["jpeg"]);
        var probed = ImageProbe.Read(source, new ImageOptions());
        var rendered = 0;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in Engines.Create(engine).RenderAsync(source, probed, new RenderReport(), cancelled.Token))
            {
                rendered++;
                await cancelled.CancelAsync();
            }
        });

        Assert.Equal(1, rendered);
    }

    private static string Name(RenderedVariant variant) => $"{variant.Width}x{variant.Height}.{variant.Format}";
}
