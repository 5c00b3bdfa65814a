using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using static ServerlessScale.Tests.Unit.Images.TestPictures;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Compares the pixels of sizes with the position in the source that a formula gives, with both engines.</summary>
public sealed class SizeRenderingTests
{
    private const int SourceWidth = 400;
    private const int SourceHeight = 300;

    /// <summary>A name, the size of its result, and the part of the source that the result shows, in source pixels.</summary>
    private static readonly (string Name, int Width, int Height, double[] Part)[] Cases =
    [
        ("w200.webp", 200, 150, [0, 0, 400, 300]),
        ("h150-q95.jpg", 200, 150, [0, 0, 400, 300]),
        ("w200-h200-inside.webp", 200, 150, [0, 0, 400, 300]),
        ("w4000-h150-inside.webp", 200, 150, [0, 0, 400, 300]),
        // The width is scaled by 1/2 and the height by 1/2: a square of 300 source pixels remains.
        ("w150-h150-cover.webp", 150, 150, [50, 0, 350, 300]),
        ("w150-h150-cover-x0y50.webp", 150, 150, [0, 0, 300, 300]),
        ("w150-h150-cover-x100y0-q95.jpg", 150, 150, [100, 0, 400, 300]),
        // The focal point is in the middle: 45 % of 200 pixels is 90, and 90 - 75 = 15 pixels of the half size.
        ("w150-h150-cover-x45y50.webp", 150, 150, [30, 0, 330, 300]),
        // A strip: 200 x 150 pixels, of which 30 rows remain. 30 % of 150 is 45, and 45 - 15 = 30.
        ("w200-h30-cover-x50y30.webp", 200, 30, [0, 60, 400, 120]),
        ("w200-h30-cover-x50y100.webp", 200, 30, [0, 240, 400, 300]),
        // The image is never enlarged: the box is reduced to the largest box of the same shape in the image.
        ("w4000.webp", 400, 300, [0, 0, 400, 300]),
        ("w3000-h3000-cover-x0y50.webp", 300, 300, [0, 0, 300, 300]),
        ("w300-h600-cover-x100y50.webp", 150, 300, [250, 0, 400, 300]),
    ];

    public static TheoryData<string, string> Names => Engines.With(Cases.Select(item => item.Name));

    public static TheoryData<string> AllEngines => Engines.All;

    [Theory, MemberData(nameof(Names))]
    public async Task A_size_shows_the_right_part_of_the_image(string engine, string name)
    {
        var (_, width, height, part) = Cases.Single(item => item.Name == name);
        using var source = Gradient(SourceWidth, SourceHeight);

        using var result = Image.Load<Rgba32>(await RenderAsync(engine, source.Bytes(Png), name));

        Assert.Equal((width, height), (result.Width, result.Height));
        foreach (var (u, v) in (ReadOnlySpan<(double, double)>)[(0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.1, 0.9), (0.9, 0.9)])
        {
            var (x, y) = (part[0] + (u * (part[2] - part[0])), part[1] + (v * (part[3] - part[1])));
            var expected = new Rgba32((byte)Math.Round(255 * x / SourceWidth), (byte)Math.Round(255 * y / SourceHeight), 128);
            AssertClose(expected, result[(int)(u * width), (int)(v * height)], tolerance: 10);
        }
    }

    [Theory, MemberData(nameof(AllEngines))]
    public async Task Contain_adds_a_border_around_the_whole_image(string engine)
    {
        using var source = Quadrants(400, 200);

        using var webp = Image.Load<Rgba32>(await RenderAsync(engine, source.Bytes(Jpeg), "w100-h100-contain.webp"));
        using var jpeg = Image.Load<Rgba32>(await RenderAsync(engine, source.Bytes(Jpeg), "w100-h100-contain.jpg"));
        using var large = Image.Load<Rgba32>(await RenderAsync(engine, source.Bytes(Jpeg), "w600-h400-contain.webp"));

        // 100 x 50 pixels are in the middle, below and above a border of 25 pixels.
        foreach (var (image, border) in ((Image<Rgba32>, Rgba32)[])[(webp, default), (jpeg, new(255, 255, 255))])
        {
            Assert.Equal((100, 100), (image.Width, image.Height));
            AssertClose(border, image[50, 12], 12);
            AssertClose(border, image[50, 87], 12);
            AssertClose(Red, image[25, 37], 24);
            AssertClose(Green, image[75, 37], 24);
            AssertClose(Blue, image[25, 62], 24);
            AssertClose(White, image[75, 62], 24);
        }

        // The image keeps its 400 x 200 pixels.
        Assert.Equal((600, 400), (large.Width, large.Height));
        AssertClose(default, large[90, 200], 12);
        AssertClose(default, large[300, 90], 12);
        AssertClose(Red, large[110, 110], 24);
        AssertClose(White, large[490, 290], 24);
    }

    [Theory, MemberData(nameof(AllEngines))]
    public async Task The_focal_point_refers_to_the_displayed_image(string engine)
    {
        // Stored corners that a viewer shows as red, green, blue and white (orientation 6, EXIF 2.32).
        using var stored = Quadrants(200, 400, Green, White, Red, Blue);
        stored.Metadata.ExifProfile = Metadata.ExifWithGps(6);

        using var left = Image.Load<Rgba32>(await RenderAsync(engine, stored.Bytes(Jpeg), "w80-h160-cover-x0y50.webp"));
        using var right = Image.Load<Rgba32>(await RenderAsync(engine, stored.Bytes(Jpeg), "w80-h160-cover-x100y50.webp"));

        Assert.Equal((80, 160), (left.Width, left.Height));
        AssertClose(Red, left[40, 40], 24);
        AssertClose(Blue, left[40, 120], 24);
        AssertClose(Green, right[40, 40], 24);
        AssertClose(White, right[40, 120], 24);
    }

    [Theory, MemberData(nameof(AllEngines))]
    public async Task Every_kind_of_image_can_be_cropped_and_bordered(string engine)
    {
        foreach (var (kind, bytes) in OfEveryKind(120, 80))
        {
            foreach (var name in (string[])["w6-h6-cover-x0y0.webp", "w6-h6-cover-x0y0.jpg", "w6-h6-contain.webp", "w6-h6-contain.jpg"])
            {
                var info = Image.Identify(await RenderAsync(engine, bytes, name), out var format);
                Assert.True((6, 6) == (info.Width, info.Height) && format.FileExtensions.Contains(name.Split('.')[1]), $"{name} of {kind}");
            }
        }
    }

    [Theory, MemberData(nameof(AllEngines))]
    public async Task A_lower_quality_gives_a_smaller_file(string engine)
    {
        using var source = Gradient(SourceWidth, SourceHeight);
        var picture = source.Bytes(Png);

        foreach (var format in (string[])["webp", "jpg"])
        {
            var (low, standard, high) = (
                await RenderAsync(engine, picture, $"w200-q10.{format}"), await RenderAsync(engine, picture, $"w200.{format}"),
                await RenderAsync(engine, picture, $"w200-q100.{format}"));
            Assert.True(low.Length < standard.Length && standard.Length < high.Length, $"{low.Length}, {standard.Length}, {high.Length}");
            Assert.Equal(standard, await RenderAsync(engine, picture, $"w200-q80.{format}"));
        }
    }

    [Fact]
    public void A_plan_stays_within_the_image_and_the_box()
    {
        int[] sides = [1, 2, 3, 7, 99, 100, 101, 4095, 4096, 16_383, 65_535];
        int[] boxes = [1, 2, 3, 50, 99, 100, 4096];
        foreach (var (width, height, boxWidth, boxHeight) in
            from width in sides from height in sides from boxWidth in boxes from boxHeight in boxes select (width, height, boxWidth, boxHeight))
        {
            var box = new ImageSize(boxWidth, boxHeight, "webp");
            foreach (var size in (ImageSize[])
                [box, box with { Fit = SizeFit.Contain }, .. ((int[])[0, 33, 100]).Select(focus => box with { Fit = SizeFit.Cover, FocusX = focus, FocusY = 100 - focus })])
            {
                var plan = SizePlan.Of(new Rung(width, height), size);
                Assert.InRange(plan.Scaled.Width, 1, width);
                Assert.InRange(plan.Scaled.Height, 1, height);
                Assert.InRange(plan.Result.Width, 1, boxWidth);
                Assert.InRange(plan.Result.Height, 1, boxHeight);
                if (size.Fit == SizeFit.Contain)
                {
                    Assert.InRange(-plan.X, 0, plan.Result.Width - plan.Scaled.Width);
                    Assert.InRange(-plan.Y, 0, plan.Result.Height - plan.Scaled.Height);
                }
                else
                {
                    Assert.InRange(plan.X, 0, plan.Scaled.Width - plan.Result.Width);
                    Assert.InRange(plan.Y, 0, plan.Scaled.Height - plan.Result.Height);
                }
            }
        }
    }

    /// <summary>Returns a picture whose red is the horizontal and whose green the vertical position.</summary>
    private static Image<Rgb24> Gradient(int width, int height)
    {
        var image = new Image<Rgb24>(width, height);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                image[x, y] = new Rgb24((byte)(255 * x / width), (byte)(255 * y / height), 128);
            }
        }

        return image;
    }

    private static async Task<byte[]> RenderAsync(string engine, byte[] picture, string name)
    {
        Assert.True(ImageSize.TryParse(name, out var size));
        using var source = new MemoryStream(picture, writable: false);
        var probed = ImageProbe.Read(source, new ImageOptions());
        return await Engines.Create(engine).RenderSizeAsync(source, probed, size, TestContext.Current.CancellationToken);
    }
}
