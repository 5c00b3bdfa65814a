using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Formats;
using SixLabors.ImageSharp.Formats.Gif;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.Formats.Png;
using SixLabors.ImageSharp.Formats.Webp;
using SixLabors.ImageSharp.Metadata;
using SixLabors.ImageSharp.PixelFormats;
using SixLabors.ImageSharp.Processing;

namespace ServerlessScale.Engines.ImageSharp;

/// <summary>
/// Decodes the first frame with ImageSharp 2.1 and rejects truncated images, which ImageSharp would accept. It does not apply the
/// orientation. ImageSharp parses no metadata, because <see cref="ImageProbe"/> has already read the necessary metadata with strict limits.
/// </summary>
internal sealed class ImageSharpDecoding(Configuration configuration, ImageOptions limits)
{
    private const int NarrowestInterlaced = 5;

    private static readonly JpegDecoder JpegWithoutMetadata = new() { IgnoreMetadata = true };
    private static readonly PngDecoder PngWithoutMetadata = new() { IgnoreMetadata = true };
    private static readonly WebpDecoder WebpWithoutMetadata = new() { IgnoreMetadata = true };
    private static readonly GifDecoder GifWithoutMetadata = new() { IgnoreMetadata = true, DecodingMode = FrameDecodingMode.First };

    /// <returns>
    /// An image of <see cref="Rgb24"/> pixels for JPEG, which has no alpha channel. Otherwise an image of <see cref="Rgba32"/> pixels. The
    /// caller must dispose the image.
    /// </returns>
    /// <exception cref="ImageRejectedException"><c>image-corrupt</c> or <c>image-truncated</c>.</exception>
    public async Task<Image> DecodeAsync(byte[] file, ProbedImage probed, CancellationToken cancellationToken)
    {
        Image? image = null;
        try
        {
            using var source = new MemoryStream(file);
            image = probed.Header.ContentType switch
            {
                "image/jpeg" => await DecodeJpegAsync(source, cancellationToken),
                "image/png" => await DecodePngAsync(file, probed, cancellationToken),
                "image/gif" => PlaceOnCanvas(await LoadAsync<Rgba32>(source, GifWithoutMetadata, cancellationToken), probed),
                _ => PlaceOnCanvas(await LoadAsync<Rgba32>(source, WebpWithoutMetadata, cancellationToken), probed),
            };
            if ((image.Width, image.Height) != probed.Stored)
            {
                throw ImageRejections.Corrupt($"The image claims {probed.Stored.Width} x {probed.Stored.Height} pixels, but has {image.Width} x {image.Height}.");
            }

            return image;
        }
        catch (Exception exception) when (exception is not (ImageRejectedException or OperationCanceledException or OutOfMemoryException))
        {
            // The source is in memory, so every exception is caused by its content. On hostile input, the decoder also throws exceptions of
            // types that ImageSharp does not define.
            image?.Dispose();
            throw ImageRejections.Corrupt("The image's pixel data is corrupt.", exception);
        }
        catch
        {
            image?.Dispose();
            throw;
        }
    }

    private Task<Image<TPixel>> LoadAsync<TPixel>(Stream source, IImageDecoder decoder, CancellationToken cancellationToken)
        where TPixel : unmanaged, IPixel<TPixel> =>
        Image.LoadAsync<TPixel>(configuration, source, decoder, cancellationToken);

    /// <summary>
    /// ImageSharp leaves missing pixels gray without an error. If the last pixel is gray, the pixels are therefore counted, which is too
    /// expensive to do for every photograph.
    /// </summary>
    private async Task<Image<Rgb24>> DecodeJpegAsync(MemoryStream source, CancellationToken cancellationToken)
    {
        var image = await LoadAsync<Rgb24>(source, JpegWithoutMetadata, cancellationToken);
        try
        {
            var last = image[image.Width - 1, image.Height - 1];
            if (last.R == last.G && last.G == last.B)
            {
                JpegHeader.ReadAndCount(source, limits);
            }

            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    private async Task<Image> DecodePngAsync(byte[] file, ProbedImage probed, CancellationToken cancellationToken)
    {
        using var source = new MemoryStream(file);
        if (probed.IsInterlaced)
        {
            CheckPasses(source, probed);
            source.Position = 0;
        }

        if (probed.HasSixteenBitSamples)
        {
            PngRewriting.SwapTransparentColor(file);
        }

        var image = await LoadAsync<Rgba32>(source, PngWithoutMetadata, cancellationToken);
        if (probed.IsInterlaced || !HasTransparencyInLastRow(image))
        {
            return image;
        }

        try
        {
            CheckPixels(source);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Rejects the interlaced images that make ImageSharp 2.1 loop forever. These are images with missing pixels and images that are so
    /// narrow that some passes have no pixels.
    /// </summary>
    private static void CheckPasses(MemoryStream source, ProbedImage probed)
    {
        if (probed.Stored.Width < NarrowestInterlaced)
        {
            throw ImageRejections.Unsupported($"The PNG file is interlaced and narrower than {NarrowestInterlaced} pixels.");
        }

        CheckPixels(source);
    }

    private static void CheckPixels(MemoryStream png)
    {
        var present = PngPixelData.PresentShare(png);
        if (present < 1)
        {
            throw ImageRejections.Truncated("PNG", present);
        }
    }

    /// <summary>
    /// Returns whether the last row contains a transparent pixel. If so, the row may be missing, because ImageSharp leaves missing rows
    /// transparent. Otherwise, the caller skips the expensive count of the pixel data.
    /// </summary>
    private static bool HasTransparencyInLastRow(Image<Rgba32> image)
    {
        var found = false;
        image.ProcessPixelRows(rows =>
        {
            foreach (var pixel in rows.GetRowSpan(rows.Height - 1))
            {
                found |= pixel.A == 0;
            }
        });
        return found;
    }

    /// <summary>Places the first frame on its canvas, which is transparent elsewhere. Disposes <paramref name="image"/> if it is replaced.</summary>
    private Image<Rgba32> PlaceOnCanvas(Image<Rgba32> image, ProbedImage probed)
    {
        var frame = probed.FirstFrame!;
        if ((frame.Width, frame.Height) == probed.Stored)
        {
            return image;
        }

        using (image)
        {
            var whole = new Image<Rgba32>(configuration, probed.Stored.Width, probed.Stored.Height);
            whole.Mutate(context => context.DrawImage(image, new Point(frame.X, frame.Y), opacity: 1));
            return whole;
        }
    }
}
