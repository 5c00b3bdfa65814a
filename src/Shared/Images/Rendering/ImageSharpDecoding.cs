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

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Decodes the first frame with ImageSharp 2.1 and rejects truncated images, which ImageSharp would accept. It does not apply the
/// orientation. ImageSharp parses no metadata, because <see cref="ImageProbe"/> has already read the necessary metadata with strict limits.
/// </summary>
internal sealed class ImageSharpDecoding(Configuration configuration)
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
    public async Task<Image> DecodeAsync(MemoryStream source, ProbedImage probed, CancellationToken cancellationToken)
    {
        Image? image = null;
        try
        {
            source.Position = 0;
            image = probed.Header.ContentType switch
            {
                "image/jpeg" => await LoadAsync<Rgb24>(source, JpegWithoutMetadata, cancellationToken),
                "image/png" => await DecodePngAsync(source, probed, cancellationToken),
                "image/gif" => await DecodeGifAsync(source, probed.FirstFrame!, cancellationToken),
                _ => await DecodeWebpAsync(source, probed, cancellationToken),
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

    private async Task<Image> DecodePngAsync(MemoryStream source, ProbedImage probed, CancellationToken cancellationToken)
    {
        if (probed.IsInterlaced)
        {
            CheckPasses(source, probed);
            source.Position = 0;
        }

        var image = await LoadAsync<Rgba32>(source, PngWithoutMetadata, cancellationToken);
        if (probed.IsInterlaced || !HasTransparencyInLastRow(image))
        {
            return image;
        }

        try
        {
            return PngPixelData.IsComplete(source) ? image : throw ImageRejections.Truncated("PNG");
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

        if (!PngPixelData.IsComplete(source))
        {
            throw ImageRejections.Truncated("PNG");
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

    private async Task<Image> DecodeGifAsync(MemoryStream source, FrameData frame, CancellationToken cancellationToken)
    {
        if (!GifFrameData.IsComplete(source, frame))
        {
            throw ImageRejections.Truncated("GIF");
        }

        source.Position = 0;
        return await LoadAsync<Rgba32>(source, GifWithoutMetadata, cancellationToken);
    }

    private async Task<Image> DecodeWebpAsync(MemoryStream source, ProbedImage probed, CancellationToken cancellationToken)
    {
        var frame = probed.FirstFrame!;
        var image = await LoadAsync<Rgba32>(WebpFrame.Extract(source, frame), WebpWithoutMetadata, cancellationToken);
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
