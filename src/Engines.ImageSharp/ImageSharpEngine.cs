using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Memory;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ServerlessScale.Engines.ImageSharp;

/// <summary>
/// An image engine in managed code, for systems without native libraries. On machines of the same type, it encodes the same image to the same bytes.
/// </summary>
public sealed class ImageSharpEngine : IImageEngine
{
    /// <summary>
    /// The size of the buffer pool. It is large enough to reuse the buffers of an average photograph. Larger buffers are released after
    /// each image.
    /// </summary>
    private const int PoolMegabytes = 64;

    /// <summary>
    /// An allowance for padding rows to a multiple of the block size. In very narrow images, the padding takes up several times as much
    /// memory as the pixels.
    /// </summary>
    private const int PaddingMegabytes = 32;

    private readonly ImageOptions _options;
    private readonly Configuration _configuration;
    private readonly ImageSharpDecoding _decoding;
    private readonly JpegEncoder _jpeg;
    private readonly WebpEncoder _webp;

    /// <summary>The formats that this engine can encode.</summary>
    public static IReadOnlyList<string> SupportedFormats { get; } = ["webp", "jpg"];

    /// <summary>ImageSharp 2.1 can neither decode nor encode animated WebP.</summary>
    public static bool EncodesAnimations => false;

    public ImageSharpEngine(IOptions<ImageOptions> options)
    {
        _options = options.Value;
        _configuration = Configuration.Default.Clone();
        _configuration.MaxDegreeOfParallelism = 1;
        _configuration.MemoryAllocator = MemoryAllocator.Create(new MemoryAllocatorOptions
        {
            MaximumPoolSizeMegabytes = PoolMegabytes,
            AllocationLimitMegabytes = (int)(_options.MaxPixels * 4 / (1024 * 1024)) + PaddingMegabytes,
        });
        _decoding = new ImageSharpDecoding(_configuration, _options);
        _jpeg = Jpeg(_options.JpegQuality);
        _webp = Webp(_options.WebpQuality);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RenderedVariant> RenderAsync(
        Stream source, ProbedImage probed, RenderReport report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var core = ProcessorCores.Occupy();
        var rungs = Ladder.Plan(probed.Header, _options.Widths);
        using var images = new SizedImages<Image>(rungs.Count);
        images.Add(await DecodeToFirstRungAsync(source, probed, rungs[0], report, cancellationToken));
        AddNarrower(images, rungs, report);
        report.Placeholder = PlaceholderOf(images[^1]);
        var variants = PendingVariant.Of(rungs, images, _options.Formats, (image, format) => Encode(image, format, _jpeg, _webp));
        await foreach (var variant in VariantEncoding.RunAsync(variants, report, cancellationToken))
        {
            yield return variant;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RenderedVariant> UpgradeAsync(
        Stream source, ProbedImage probed, IReadOnlyCollection<VariantName> present, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rungs = Ladder.Plan(probed.Header, _options.Widths);
        var report = new RenderReport();
        using var images = new SizedImages<Image>(rungs.Count);
        images.Add(await DecodeToFirstRungAsync(source, probed, rungs[0], report, cancellationToken));
        AddNarrower(images, rungs, report);
        foreach (var variant in PendingVariant.Of(rungs, images, _options.UpgradeFormats, (image, format) => Encode(image, format, _jpeg, _webp)).Where(variant => !present.Contains(variant.Name)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return variant.Render();
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]> RenderSizeAsync(Stream source, ProbedImage probed, ImageSize size, CancellationToken cancellationToken)
    {
        using var core = ProcessorCores.Occupy();
        var plan = SizePlan.Of(probed.Header, size);
        using var scaled = await DecodeToFirstRungAsync(source, probed, plan.Scaled, new RenderReport(), cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        using var result = Cut(scaled, plan);
        return Encode(result, size.Format, Jpeg(size.Quality ?? _options.JpegQuality), Webp(size.Quality ?? _options.WebpQuality));
    }

    private Image Cut(Image scaled, SizePlan plan)
    {
        if (!plan.HasBorder)
        {
            return scaled.Clone(context => context.Crop(new Rectangle(plan.X, plan.Y, plan.Result.Width, plan.Result.Height)));
        }

        var canvas = new Image<Rgba32>(_configuration, plan.Result.Width, plan.Result.Height);
        canvas.Mutate(context => context.DrawImage(scaled, new Point(-plan.X, -plan.Y), opacity: 1));
        return canvas;
    }

    private static JpegEncoder Jpeg(int quality) => new() { Quality = quality, ColorType = JpegColorType.YCbCrRatio420 };

    private static WebpEncoder Webp(int quality) =>
        new() { Quality = quality, FileFormat = WebpFileFormatType.Lossy, Method = WebpEncodingMethod.Level1 };

    /// <summary>Creates each narrower size from the previous size (a cascade).</summary>
    private static void AddNarrower(List<Image> images, IReadOnlyList<Rung> rungs, RenderReport report)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var rung in rungs.Skip(1))
        {
            images.Add(images[^1].Clone(context => context.Resize(rung.Width, rung.Height, KnownResamplers.Lanczos3)));
        }

        // The encoders add their metadata to an image when it is missing, which would not be safe on two threads.
        foreach (var image in images)
        {
            image.Metadata.GetJpegMetadata();
            image.Metadata.GetWebpMetadata();
        }

        report.Resize += Stopwatch.GetElapsedTime(started);
    }

    private static byte[] Encode(Image image, string format, JpegEncoder jpeg, WebpEncoder webp)
    {
        using var encoded = new MemoryStream();
        if (format == "webp")
        {
            image.Save(encoded, webp);
        }
        else if (image is Image<Rgb24> photograph)
        {
            JpegPadding.Save(photograph, encoded, jpeg);
        }
        else
        {
            using var blended = image.Clone(context => context.BackgroundColor(Color.White));
            using var opaque = blended.CloneAs<Rgb24>();
            JpegPadding.Save(opaque, encoded, jpeg);
        }

        return encoded.ToArray();
    }

    private static Placeholder PlaceholderOf(Image narrowest)
    {
        var size = Placeholder.SizeFor(new Rung(narrowest.Width, narrowest.Height));
        using var small = narrowest.CloneAs<Rgba32>();
        small.Mutate(context => context.Resize(size.Width, size.Height));
        var pixels = new byte[4 * size.Width * size.Height];
        small.CopyPixelDataTo(pixels);
        return Placeholder.Of(size, pixels);
    }

    /// <summary>
    /// Decodes an image and resizes it to the widest size. The image is resized before it is rotated and its colours are converted, so that
    /// the later steps process fewer pixels and the full-size pixels are released early.
    /// </summary>
    private async Task<Image> DecodeToFirstRungAsync(
        Stream source, ProbedImage probed, Rung first, RenderReport report, CancellationToken cancellationToken)
    {
        var bytes = await DecodableFile.ReadAsync(source, probed, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        var image = await _decoding.DecodeAsync(bytes, probed, cancellationToken);
        report.Decode += Stopwatch.GetElapsedTime(started);

        started = Stopwatch.GetTimestamp();
        var stored = probed.Header.Orientation < 5 ? new Size(first.Width, first.Height) : new Size(first.Height, first.Width);
        image.Mutate(context =>
        {
            if (image.Size() != stored)
            {
                context.Resize(stored.Width, stored.Height, KnownResamplers.Lanczos3);
            }

            Orient(context, probed.Header.Orientation);
        });
        image = DropUnusedAlpha(image);
        ColourConversion.ToSrgb(image, probed.IccProfile);
        report.Resize += Stopwatch.GetElapsedTime(started);
        return image;
    }

    /// <summary>Applies the EXIF orientation (EXIF 2.32 section 4.6.4 A).</summary>
    private static void Orient(IImageProcessingContext context, int orientation)
    {
        var (rotate, flip) = orientation switch
        {
            2 => (RotateMode.None, FlipMode.Horizontal),
            3 => (RotateMode.Rotate180, FlipMode.None),
            4 => (RotateMode.None, FlipMode.Vertical),
            5 => (RotateMode.Rotate90, FlipMode.Horizontal),
            6 => (RotateMode.Rotate90, FlipMode.None),
            7 => (RotateMode.Rotate90, FlipMode.Vertical),
            8 => (RotateMode.Rotate270, FlipMode.None),
            _ => (RotateMode.None, FlipMode.None),
        };
        if (orientation > 1)
        {
            context.RotateFlip(rotate, flip);
        }
    }

    private static Image DropUnusedAlpha(Image image)
    {
        if (image is not Image<Rgba32> withAlpha || !IsOpaque(withAlpha))
        {
            return image;
        }

        using (withAlpha)
        {
            return withAlpha.CloneAs<Rgb24>();
        }
    }

    private static bool IsOpaque(Image<Rgba32> image)
    {
        var opaque = true;
        image.ProcessPixelRows(rows =>
        {
            for (var y = 0; y < rows.Height && opaque; y++)
            {
                foreach (var pixel in rows.GetRowSpan(y))
                {
                    opaque &= pixel.A == byte.MaxValue;
                }
            }
        });
        return opaque;
    }
}
