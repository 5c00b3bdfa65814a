using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using NetVips;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Engines.Vips;

/// <summary>
/// The default image engine, which uses the native libvips library. libvips uses one thread for each step, so that its steps do not slow
/// down other jobs. Several variants of an image may be encoded side by side.
/// </summary>
public sealed class VipsEngine : IImageEngine
{
    internal const string Srgb = "srgb";
    private const string EmbeddedProfile = "icc-profile-data";

    /// <summary>
    /// The libwebp method for large variants, 0 (fastest) to 6 (smallest file). Method 2 takes about 0.4 of the time of method 4 and loses
    /// 0.0012 of SSIM at the same size. Method 3 takes nearly as long as method 4, and methods 0 and 1 lose more.
    /// </summary>
    private const int FastWebpEffort = 2;

    /// <summary>The libwebp method for small variants, which take little time. It is the default of sharp.</summary>
    private const int FineWebpEffort = 4;

    /// <summary>The largest number of pixels of a small variant.</summary>
    private const int SmallPixels = 1_000_000;

    private static readonly double[] White = [255, 255, 255];
    private static readonly double[] Transparent = [0, 0, 0, 0];

    private readonly ImageOptions _options;

    /// <summary>The formats that this engine can encode.</summary>
    public static IReadOnlyList<string> SupportedFormats { get; } = ["webp", "jpg", "avif"];

    public static bool EncodesAnimations => true;

    public VipsEngine(IOptions<ImageOptions> options)
    {
        _options = options.Value;
        LibVips.Prepare();
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RenderedVariant> RenderAsync(
        Stream source, ProbedImage probed, RenderReport report, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var core = ProcessorCores.Occupy();
        var bytes = await DecodableFile.ReadAsync(source, probed, cancellationToken);
        var rungs = Ladder.Plan(probed.Header, _options.Widths);
        using var images = new SizedImages<Image>(rungs.Count);
        images.Add(DecodeToFirstRung(bytes, probed, rungs[0], report));
        AddNarrower(images, rungs, report);
        report.Placeholder = PlaceholderOf(images[^1], rungs[^1]);
        var variants = PendingVariant.Of(rungs, images, _options.Formats, (image, format) => Encode(image, format));
        await foreach (var variant in VariantEncoding.RunAsync(variants, report, cancellationToken))
        {
            yield return variant;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RenderedVariant> UpgradeAsync(
        Stream source, ProbedImage probed, IReadOnlyCollection<VariantName> present, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Ladder.PlanAnimation(probed.Header, _options) is { } rung
            && !present.Contains(VariantName.Animation(rung.Width))
            && await new VipsAnimation(_options).RenderAsync(source, probed, rung, cancellationToken) is { } animation)
        {
            yield return new RenderedVariant(rung.Width, rung.Height, "webp", animation) { IsAnimated = true };
        }

        var rungs = Ladder.Plan(probed.Header, _options.Widths);
        if (_options.UpgradeFormats.All(format => rungs.All(rung => present.Contains(new VariantName(rung.Width, format)))))
        {
            yield break;
        }

        var bytes = await DecodableFile.ReadAsync(source, probed, cancellationToken);
        var report = new RenderReport();
        using var images = new SizedImages<Image>(rungs.Count);
        images.Add(DecodeToFirstRung(bytes, probed, rungs[0], report));
        AddNarrower(images, rungs, report);
        foreach (var variant in PendingVariant.Of(rungs, images, _options.UpgradeFormats, (image, format) => Encode(image, format)).Where(variant => !present.Contains(variant.Name)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return variant.Render();
        }
    }

    /// <inheritdoc/>
    public async Task<byte[]> RenderSizeAsync(Stream source, ProbedImage probed, ImageSize size, CancellationToken cancellationToken)
    {
        using var core = ProcessorCores.Occupy();
        var bytes = await DecodableFile.ReadAsync(source, probed, cancellationToken);
        var plan = SizePlan.Of(probed.Header, size);
        using var scaled = DecodeToFirstRung(bytes, probed, plan.Scaled, new RenderReport());
        cancellationToken.ThrowIfCancellationRequested();
        using var result = plan.HasBorder
            ? PlaceOnTransparent(scaled, -plan.X, -plan.Y, plan.Result)
            : scaled.Crop(plan.X, plan.Y, plan.Result.Width, plan.Result.Height);
        return Encode(result, size.Format, size.Quality);
    }

    /// <summary>Creates each narrower size from the previous size (a cascade).</summary>
    private static void AddNarrower(List<Image> images, IReadOnlyList<Rung> rungs, RenderReport report)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var rung in rungs.Skip(1))
        {
            using var narrower = images[^1].ThumbnailImage(rung.Width, rung.Height, Enums.Size.Force, noRotate: true);
            images.Add(narrower.CopyMemory());
        }

        report.Resize += Stopwatch.GetElapsedTime(started);
    }

    /// <summary>
    /// Decodes the image and resizes it to the widest size. libvips decodes during the resize, so this resize counts as decoding time.
    /// </summary>
    private Image DecodeToFirstRung(byte[] bytes, ProbedImage probed, Rung first, RenderReport report)
    {
        var started = Stopwatch.GetTimestamp();
        var (width, height) = probed.Header.Orientation < 5 ? (first.Width, first.Height) : (first.Height, first.Width);
        try
        {
            using var stored = DecodeToSrgb(bytes, probed, width, height);
            report.Decode += Stopwatch.GetElapsedTime(started);

            started = Stopwatch.GetTimestamp();
            var oriented = Orient(stored, probed.Header.Orientation);
            report.Resize += Stopwatch.GetElapsedTime(started);
            return oriented;
        }
        catch (VipsException exception)
        {
            throw ImageRejections.Corrupt("The image's pixel data is corrupt.", exception);
        }
    }

    private Image DecodeToSrgb(byte[] bytes, ProbedImage probed, int width, int height)
    {
        var profile = IccMatrixProfile.IsSrgb(probed.IccProfile) ? null : probed.IccProfile;
        var isJpeg = probed.Header.ContentType == "image/jpeg";
        try
        {
            var image = Decode(bytes, probed, width, height, profile, isJpeg ? Enums.FailOn.Warning : Enums.FailOn.Error);
            CheckPixels(image, isJpeg, bytes);
            return image;
        }
        catch (VipsException)
        {
            if (isJpeg)
            {
                // libjpeg only warns about missing pixels, but also about harmless flaws.
                JpegHeader.ReadAndCount(new MemoryStream(bytes), _options);
            }
        }

        try
        {
            return Decode(bytes, probed, width, height, profile, Enums.FailOn.Error);
        }
        catch (VipsException)
        {
            // The profile may be the only corrupt part, so the image is decoded again without it. Corrupt metadata is no reason to reject
            // an image.
            return Decode(bytes, probed, width, height, profile: null, Enums.FailOn.Error);
        }
    }

    /// <summary>
    /// Counts the pixels of a JPEG whose last pixel is gray, because libvips ignores warnings about the last rows, in which libjpeg shows
    /// missing pixels in gray.
    /// </summary>
    private void CheckPixels(Image image, bool isJpeg, byte[] bytes)
    {
        const double Neutral = 8;
        if (!isJpeg)
        {
            return;
        }

        try
        {
            var last = image.Getpoint(image.Width - 1, image.Height - 1);
            if (last.Max() - last.Min() <= Neutral)
            {
                JpegHeader.ReadAndCount(new MemoryStream(bytes), _options);
            }
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Decodes in two calls, because <see cref="Image.ThumbnailBuffer"/> does not report missing rows. A JPEG can be decoded at half, a
    /// quarter or an eighth of its size, which is several times as fast. This method uses the smallest of these sizes that is not smaller than
    /// the target size, as sharp does, if no visible part of the image is lost.
    /// </summary>
    private static Image Decode(byte[] bytes, ProbedImage probed, int width, int height, byte[]? profile, Enums.FailOn failOn)
    {
        var shrink = ((int[])[8, 4, 2, 1]).First(factor => Fits(probed.Stored.Width, width, factor) && Fits(probed.Stored.Height, height, factor));
        using var opened = Image.NewFromBuffer(
            bytes,
            strOptions: probed.Header.ContentType == "image/jpeg" ? $"shrink={shrink}" : "",
            access: Enums.Access.Sequential,
            failOn: failOn);
        using var canvas = PlaceOnCanvas(opened, probed);
        using var profiled = canvas.Mutate(image => SetProfile(image, profile));

        // Without a profile, the conversion would have no effect, but it would take five times as long as all other steps combined.
        using var shrunk = profiled.ThumbnailImage(width, height, Enums.Size.Force, noRotate: true, outputProfile: profile is null ? null : Srgb);
        return shrunk.CopyMemory();
    }

    /// <summary>
    /// Returns whether a side can be shrunk by a factor while it is loaded. libvips drops the last pixels if the side is not a multiple of the
    /// factor, which shows in a low panorama, but not if they are less than a thousandth of the side.
    /// </summary>
    private static bool Fits(int side, int target, int factor) => side / factor >= target && side % factor <= side / 1000;

    /// <summary>Places the first frame of an animation on its canvas, which is transparent elsewhere.</summary>
    private static Image PlaceOnCanvas(Image image, ProbedImage probed)
    {
        if (probed.FirstFrame is not { } frame || (frame.Width, frame.Height) == probed.Stored)
        {
            return image.Copy();
        }

        return PlaceOnTransparent(image, frame.X, frame.Y, new Rung(probed.Stored.Width, probed.Stored.Height));
    }

    private static Image PlaceOnTransparent(Image image, int x, int y, Rung canvas)
    {
        using var colours = image.Colourspace(Enums.Interpretation.Srgb);
        using var withAlpha = colours.HasAlpha() ? colours.Copy() : colours.AddAlpha();
        return withAlpha.Embed(x, y, canvas.Width, canvas.Height, extend: Enums.Extend.Background, background: Transparent);
    }

    /// <summary>Replaces the embedded profile by the one that the probe has checked.</summary>
    internal static void SetProfile(MutableImage image, byte[]? profile)
    {
        if (profile is not null)
        {
            image.Set(GValue.BlobType, EmbeddedProfile, profile);
        }
        else
        {
            image.Remove(EmbeddedProfile);
        }
    }

    /// <summary>Applies the EXIF orientation that the probe read (EXIF 2.32 section 4.6.4 A).</summary>
    internal static Image Orient(Image image, int orientation)
    {
        if (orientation == 1)
        {
            return image.Copy();
        }

        using var rotated = orientation switch
        {
            3 => image.Rot180(),
            5 or 6 => image.Rot90(),
            7 or 8 => image.Rot270(),
            _ => image.Copy(),
        };
        using var flipped = orientation switch
        {
            2 or 5 or 7 => rotated.FlipHor(),
            4 => rotated.FlipVer(),
            _ => rotated.Copy(),
        };
        return flipped.CopyMemory();
    }

    private static Placeholder PlaceholderOf(Image narrowest, Rung rung)
    {
        var size = Placeholder.SizeFor(rung);
        using var small = narrowest.ThumbnailImage(size.Width, size.Height, Enums.Size.Force, noRotate: true);
        using var colours = small.Colourspace(Enums.Interpretation.Srgb);
        using var pixels = colours.HasAlpha() ? colours.Copy() : colours.AddAlpha();
        return Placeholder.Of(size, pixels.WriteToMemory<byte>());
    }

    /// <param name="quality">The quality, 1 to 100. Null for the quality in the settings.</param>
    private byte[] Encode(Image image, string format, int? quality = null) => format switch
    {
        "webp" => image.WebpsaveBuffer(
            q: quality ?? _options.WebpQuality, effort: image.Width * image.Height <= SmallPixels ? FineWebpEffort : FastWebpEffort, keep: Enums.ForeignKeep.None),
        "avif" => image.HeifsaveBuffer(q: _options.AvifQuality, compression: Enums.ForeignHeifCompression.Av1, effort: 2, keep: Enums.ForeignKeep.None),
        _ => EncodeJpeg(image, quality ?? _options.JpegQuality),
    };

    private static byte[] EncodeJpeg(Image image, int quality)
    {
        using var opaque = image.HasAlpha() ? image.Flatten(White) : image.Copy();
        return opaque.JpegsaveBuffer(q: quality, optimizeCoding: true, keep: Enums.ForeignKeep.None);
    }
}
