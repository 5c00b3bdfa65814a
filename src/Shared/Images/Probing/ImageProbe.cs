namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Reads what an upload claims to be, so that it can be refused before a pixel is decoded or allocated. It walks the file's
/// structure to its end, which also finds truncated files, in time linear in its size and constant memory.
/// </summary>
public static class ImageProbe
{
    /// <param name="seekable">The whole image; it is left at position 0.</param>
    /// <param name="limits">The limits on bytes, pixels and frames.</param>
    /// <exception cref="ImageRejectedException">
    /// <c>image-unsupported</c>, <c>image-truncated</c>, <c>image-corrupt</c>, <c>image-too-many-pixels</c>,
    /// <c>image-too-many-frames</c> or <c>image-too-large</c>.
    /// </exception>
    public static ImageHeader Read(Stream seekable, ImageOptions limits) => ReadDetails(seekable, limits).Header;

    internal static ProbedImage ReadDetails(Stream seekable, ImageOptions limits)
    {
        if (seekable.Length > limits.MaxBytes)
        {
            throw ImageRejections.TooLarge(seekable.Length, limits.MaxBytes);
        }

        Span<byte> head = stackalloc byte[ImageSignature.Length];
        seekable.Position = 0;
        try
        {
            var read = seekable.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            seekable.Position = 0;
            return ImageSignature.Sniff(head[..read]) switch
            {
                "image/jpeg" => JpegHeader.Read(new HeaderReader(seekable, "JPEG"), limits),
                "image/png" => PngHeader.Read(new HeaderReader(seekable, "PNG"), limits),
                "image/gif" => GifHeader.Read(new HeaderReader(seekable, "GIF"), limits),
                "image/webp" => WebpHeader.Read(new HeaderReader(seekable, "WebP"), limits),
                _ => throw ImageRejections.Unsupported("The file is not an image of a known format."),
            };
        }
        finally
        {
            seekable.Position = 0;
        }
    }
}
