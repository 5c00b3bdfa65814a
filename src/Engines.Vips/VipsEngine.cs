using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using NetVips;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Engines.Vips;

/// <summary>
/// The engine on libvips: native code, the faster and better WebP encoder, and AVIF. It keeps the promises of
/// <see cref="IImageEngine"/> that the default engine keeps, and obeys the same test suite. One thread an image.
/// </summary>
public sealed class VipsEngine : IImageEngine
{
    private const string Srgb = "srgb";

    private static readonly string[] s_formats = ["webp", "jpg", "avif"];
    private static readonly double[] s_white = [255, 255, 255];

    /// <summary>Of libvips' many loaders only these, which <see cref="ImageProbe"/> lets through, may ever see an upload.</summary>
    private static readonly string[] s_loaders = ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadNsgif", "VipsForeignLoadWebp"];

    private static readonly Log.LogDelegate s_discard = (_, _, _) => { };

    private readonly ImageOptions _options;

    static VipsEngine()
    {
        NetVips.NetVips.Concurrency = 1;

        // A broken upload is answered with its reason; it must not also fill the log with hundreds of lines.
        Log.SetLogHandler("VIPS", Enums.LogLevelFlags.Warning, s_discard);

        // Uploads are never the same image twice, so that a cache of operations would only hold on to memory.
        Cache.Max = 0;
        Operation.Block("VipsForeignLoad", true);
        foreach (var loader in s_loaders)
        {
            Operation.Block(loader, false);
        }
    }

    public VipsEngine(IOptions<ImageOptions> options)
    {
        _options = options.Value;
        if (_options.Formats.Except(s_formats).FirstOrDefault() is { } unknown)
        {
            throw new NotSupportedException($"{ImageOptions.Section}:{nameof(ImageOptions.Formats)} has '{unknown}'; this engine makes {string.Join(", ", s_formats)}.");
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RenderedVariant> RenderAsync(
        Stream source, ImageHeader header, RenderTimings timings, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var bytes = await ReadAsync(source, cancellationToken);
        var rungs = Ladder.Plan(header, _options.Widths);
        if (ImageProbe.ReadDetails(new MemoryStream(bytes), _options) is { Header.ContentType: "image/gif", FirstFrame: { } frame }
            && !GifFrameData.IsComplete(new MemoryStream(bytes), frame))
        {
            // libvips shows a cut frame with the rest blank.
            throw ImageRejections.Truncated("GIF");
        }

        var image = DecodeToFirstRung(bytes, header, rungs[0], timings);
        try
        {
            foreach (var rung in rungs)
            {
                var started = Stopwatch.GetTimestamp();
                if (rung != rungs[0])
                {
                    using var wider = image;
                    using var narrower = wider.ThumbnailImage(rung.Width, rung.Height, Enums.Size.Force, noRotate: true);
                    image = narrower.CopyMemory();
                }

                timings.Resize += Stopwatch.GetElapsedTime(started);
                foreach (var format in _options.Formats)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return Encode(image, rung, format, timings);
                }
            }
        }
        finally
        {
            image.Dispose();
        }
    }

    private static async Task<byte[]> ReadAsync(Stream source, CancellationToken cancellationToken)
    {
        var bytes = new byte[source.Length];
        await source.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    /// <summary>libvips decodes as its pipeline asks for rows, so that the first resize is timed as part of the decoding.</summary>
    private static Image DecodeToFirstRung(byte[] bytes, ImageHeader header, Rung first, RenderTimings timings)
    {
        var started = Stopwatch.GetTimestamp();
        var (width, height) = header.Orientation < 5 ? (first.Width, first.Height) : (first.Height, first.Width);
        try
        {
            using var stored = DecodeToSrgb(bytes, header, width, height);
            timings.Decode += Stopwatch.GetElapsedTime(started);

            started = Stopwatch.GetTimestamp();
            using var oriented = Orient(stored, header.Orientation);
            var image = oriented.CopyMemory();
            timings.Resize += Stopwatch.GetElapsedTime(started);
            return image;
        }
        catch (VipsException exception)
        {
            throw ImageRejections.Corrupt("The image's pixel data is broken.", exception);
        }
    }

    private static Image DecodeToSrgb(byte[] bytes, ImageHeader header, int width, int height)
    {
        try
        {
            return Decode(bytes, header, width, height, Srgb);
        }
        catch (VipsException)
        {
            // A profile may be all that is broken, and a picture does not depend on its metadata.
            return Decode(bytes, header, width, height, outputProfile: null);
        }
    }

    /// <summary>
    /// Opens and shrinks in two calls, since <see cref="Image.ThumbnailBuffer"/> hides that a file's rows end early. A JPEG is
    /// decoded at a fraction of its size where that is still enough.
    /// </summary>
    private static Image Decode(byte[] bytes, ImageHeader header, int width, int height, string? outputProfile)
    {
        var storedWidth = header.Orientation < 5 ? header.Width : header.Height;
        var storedHeight = header.Orientation < 5 ? header.Height : header.Width;
        var shrink = Math.Min(storedWidth / width, storedHeight / height) switch { >= 8 => 8, >= 4 => 4, >= 2 => 2, _ => 1 };
        using var opened = Image.NewFromBuffer(
            bytes,
            strOptions: header.ContentType == "image/jpeg" ? $"shrink={shrink}" : "",
            access: Enums.Access.Sequential,
            failOn: Enums.FailOn.Error);
        using var shrunk = opened.ThumbnailImage(width, height, Enums.Size.Force, noRotate: true, outputProfile: outputProfile);
        return shrunk.CopyMemory();
    }

    /// <summary>EXIF 2.32 section 4.6.4 A, tag Orientation; the same for every format, by what the probe has read.</summary>
    private static Image Orient(Image image, int orientation) => orientation switch
    {
        2 => image.FlipHor(),
        3 => image.Rot180(),
        4 => image.FlipVer(),
        5 => Flipped(image.Rot90()),
        6 => image.Rot90(),
        7 => Flipped(image.Rot270()),
        8 => image.Rot270(),
        _ => image.Copy(),
    };

    private static Image Flipped(Image rotated)
    {
        using (rotated)
        {
            return rotated.FlipHor();
        }
    }

    private RenderedVariant Encode(Image image, Rung rung, string format, RenderTimings timings)
    {
        var started = Stopwatch.GetTimestamp();
        var content = format switch
        {
            "webp" => image.WebpsaveBuffer(q: _options.WebpQuality, keep: Enums.ForeignKeep.None),
            "avif" => image.HeifsaveBuffer(q: _options.AvifQuality, compression: Enums.ForeignHeifCompression.Av1, keep: Enums.ForeignKeep.None),
            _ => EncodeJpeg(image),
        };
        timings.Encode += Stopwatch.GetElapsedTime(started);
        return new RenderedVariant(rung.Width, rung.Height, format, content);
    }

    private byte[] EncodeJpeg(Image image)
    {
        using var opaque = image.HasAlpha() ? image.Flatten(s_white) : image.Copy();
        return opaque.JpegsaveBuffer(q: _options.JpegQuality, optimizeCoding: true, keep: Enums.ForeignKeep.None);
    }
}
