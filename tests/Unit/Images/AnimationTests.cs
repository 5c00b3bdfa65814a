using ServerlessScale.Bench.Images.Files;
using ServerlessScale.Shared.Images;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Tests the animated variant. Only the libvips engine creates this variant.</summary>
public sealed class AnimationTests
{
    private const int Side = 200;
    private const int Repetitions = 3;
    private static readonly Rectangle Left = new(20, 60, 60, 80);
    private static readonly Rectangle Right = new(120, 60, 60, 80);

    [Fact]
    public async Task An_animated_gif_gets_an_animated_webp_variant()
    {
        var variants = await Engines.UpgradeAsync("Vips", Gif());

        var animation = variants[0];
        Assert.Equal(
            ("200-animated.webp", "image/webp", Side, Side), (animation.Name.ToString(), animation.ContentType, animation.Width, animation.Height));
        Assert.Equal(["200-animated.webp", "160.avif"], variants.Select(variant => variant.Name.ToString()));
    }

    [Fact]
    public async Task An_animated_variant_keeps_the_delays_and_the_loop_count()
    {
        var animation = (await Engines.UpgradeAsync("Vips", Gif()))[0];

        Assert.Equal([100, 70, 250, 1000], DecodedFile.Timing(animation.Content).Delays);
        // A GIF states how often the animation is repeated, and a WebP file how often it is shown (RFC 9649 section 2.7.1.1).
        Assert.Equal(1 + Repetitions, DecodedFile.Timing(animation.Content).Loops);
    }

    /// <summary>GIF89a section 23 defines what remains of a frame when the next one is drawn.</summary>
    [Fact]
    public async Task An_animated_variant_shows_the_composited_frames()
    {
        var animation = (await Engines.UpgradeAsync("Vips", Gif()))[0];

        // The first frame remains. The second frame is removed again, the third remains, and the fourth is drawn over both.
        AssertShows(animation.Content, frame: 0, left: TestPictures.Red, right: TestPictures.Red);
        AssertShows(animation.Content, frame: 1, left: TestPictures.White, right: TestPictures.Red);
        AssertShows(animation.Content, frame: 2, left: TestPictures.Red, right: TestPictures.Blue);
        AssertShows(animation.Content, frame: 3, left: TestPictures.Green, right: TestPictures.Blue);
    }

    [Fact]
    public async Task An_animated_webp_gets_an_animated_variant_of_limited_width()
    {
        using var first = TestPictures.Quadrants(600, 400);
        using var second = TestPictures.Quadrants(600, 400, TestPictures.White, TestPictures.White, TestPictures.Red, TestPictures.Red);
        var file = HandMadeWebp.Animation(600, 400, (0, 0, first.Bytes(TestPictures.Webp)), (0, 0, second.Bytes(TestPictures.LosslessWebp)));

        var animation = (await Engines.UpgradeAsync("Vips", file))[0];

        Assert.Equal(("480-animated.webp", 480, 320), (animation.Name.ToString(), animation.Width, animation.Height));
        TestPictures.AssertQuadrants(DecodedFile.Png(animation.Content, 0));
        TestPictures.AssertQuadrants(
            DecodedFile.Png(animation.Content, 1), TestPictures.White, TestPictures.White, TestPictures.Red, TestPictures.Red);
    }

    [Fact]
    public async Task Reducing_an_animation_does_not_blend_neighbouring_frames()
    {
        using var image = Solid(TestPictures.White, 960, 640);
        using var black = Solid(new Rgba32(0, 0, 0), 960, 640);
        image.Frames.AddFrame(black.Frames.RootFrame);
        Time(image.Frames.RootFrame, 10, GifDisposalMethod.NotDispose);

        var animation = (await Engines.UpgradeAsync("Vips", image.Bytes(TestPictures.Gif)))[0];

        using var second = Image.Load<Rgba32>(DecodedFile.Png(animation.Content, 1));
        TestPictures.AssertClose(new Rgba32(0, 0, 0), second[240, 0], tolerance: 2);
    }

    [Theory]
    [InlineData(3, 50_000_000)]
    [InlineData(300, 4 * Side * Side - 1)]
    [InlineData(0, 50_000_000)]
    public async Task An_animation_beyond_a_limit_has_only_still_variants(int frames, long pixels)
    {
        var variants = await Engines.UpgradeAsync("Vips", Gif(), new ImageOptions { AnimationFrames = frames, AnimationPixels = pixels });

        Assert.Equal(["160.avif"], variants.Select(variant => variant.Name.ToString()));
    }

    [Fact]
    public async Task An_animation_at_the_limits_has_an_animated_variant()
    {
        var options = new ImageOptions { AnimationFrames = 4, AnimationPixels = 4 * Side * Side, UpgradeFormats = [] };

        Assert.True(Assert.Single(await Engines.UpgradeAsync("Vips", Gif(), options)).IsAnimated);
    }

    [Fact]
    public async Task A_damaged_later_frame_leaves_only_still_variants()
    {
        var gif = Gif();
        var descriptor = LastFrame(gif);
        var colours = 3 << ((gif[descriptor + 9] & 7) + 1);
        const byte ImpossibleCodeSize = 200;
        gif[descriptor + 10 + colours] = ImpossibleCodeSize;

        var variants = await Engines.UpgradeAsync("Vips", gif);

        Assert.Equal(["160.avif"], variants.Select(variant => variant.Name.ToString()));
    }

    [Fact]
    public async Task A_cut_off_animation_shows_its_complete_frames()
    {
        var gif = Gif();

        var animation = (await Engines.UpgradeAsync("Vips", gif[..(LastFrame(gif) + 20)]))[0];

        Assert.Equal([100, 70, 250], DecodedFile.Timing(animation.Content).Delays);
        AssertShows(animation.Content, frame: 2, left: TestPictures.Red, right: TestPictures.Blue);
    }

    [Fact]
    public async Task The_images_ready_variants_show_only_the_first_frame() =>
        Assert.Equal(["160.webp", "160.jpg"], (await Engines.RenderAsync("Vips", Gif())).Select(variant => variant.Name.ToString()));

    /// <summary>Creates a red animation whose later frames are transparent except for a rectangle.</summary>
    private static byte[] Gif()
    {
        using var image = Solid(TestPictures.Red, Side, Side);
        image.Metadata.GetGifMetadata().RepeatCount = Repetitions;
        Time(image.Frames.RootFrame, 10, GifDisposalMethod.NotDispose);
        Add(image, Left, TestPictures.White, 7, GifDisposalMethod.RestoreToPrevious);
        Add(image, Right, TestPictures.Blue, 25, GifDisposalMethod.NotDispose);
        Add(image, Left, TestPictures.Green, 100, GifDisposalMethod.NotDispose);
        return image.Bytes(new GifEncoder { ColorTableMode = GifColorTableMode.Local });
    }

    private static void Add(Image<Rgba32> image, Rectangle area, Rgba32 colour, int delay, GifDisposalMethod disposal)
    {
        using var frame = new Image<Rgba32>(Side, Side);
        for (var y = area.Top; y < area.Bottom; y++)
        {
            for (var x = area.Left; x < area.Right; x++)
            {
                frame[x, y] = colour;
            }
        }

        Time(image.Frames.AddFrame(frame.Frames.RootFrame), delay, disposal);
    }

    /// <param name="frame">The frame.</param>
    /// <param name="delay">The delay in hundredths of a second.</param>
    /// <param name="disposal">What remains of the frame.</param>
    private static void Time(ImageFrame frame, int delay, GifDisposalMethod disposal) =>
        (frame.Metadata.GetGifMetadata().FrameDelay, frame.Metadata.GetGifMetadata().DisposalMethod) = (delay, disposal);

    private static Image<Rgba32> Solid(Rgba32 colour, int width, int height) => new(width, height, colour);

    /// <summary>Returns the offset of the last frame's descriptor, which contains the position and the size of the frame.</summary>
    private static int LastFrame(byte[] gif) => gif.AsSpan().LastIndexOf<byte>([0x2C, 0, 0, 0, 0, Side, 0, Side, 0]);

    private static void AssertShows(byte[] animation, int frame, Rgba32 left, Rgba32 right)
    {
        using var image = Image.Load<Rgba32>(DecodedFile.Png(animation, frame));
        TestPictures.AssertClose(left, image[Left.X + (Left.Width / 2), Side / 2], tolerance: 24);
        TestPictures.AssertClose(right, image[Right.X + (Right.Width / 2), Side / 2], tolerance: 24);
        TestPictures.AssertClose(TestPictures.Red, image[Side / 2, 20], tolerance: 24);
    }
}
