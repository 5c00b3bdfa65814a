namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Checks an image before its pixels are decoded and before memory is allocated for them. It follows the file's structure to the end, so
/// that it also detects truncated files. The check needs constant memory, and its duration is proportional to the file size.
/// </summary>
public static class ImageProbe
{
    /// <param name="image">The complete file as a seekable stream. When the method returns, the position is 0.</param>
    /// <param name="limits">The limits on bytes, pixels and frames.</param>
    /// <exception cref="ImageRejectedException">
    /// <c>image-unsupported</c>, <c>image-truncated</c>, <c>image-corrupt</c>, <c>image-too-many-pixels</c>, <c>image-too-many-frames</c>
    /// or <c>image-too-large</c>.
    /// </exception>
    public static ProbedImage Read(Stream image, ImageOptions limits)
    {
        if (image.Length > limits.MaxBytes)
        {
            throw ImageRejections.TooLarge(image.Length, limits.MaxBytes);
        }

        Span<byte> head = stackalloc byte[ImageSignature.Length];
        image.Position = 0;
        try
        {
            var read = image.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            image.Position = 0;
            return ImageSignature.Sniff(head[..read]) switch
            {
                "image/jpeg" => JpegHeader.Read(image, limits),
                "image/png" => PngHeader.Read(image, limits),
                "image/gif" => GifHeader.Read(image, limits),
                "image/webp" => WebpHeader.Read(new HeaderReader(image, "WebP"), limits),
                _ => throw ImageRejections.Unsupported("The file is not an image of a known format."),
            };
        }
        finally
        {
            image.Position = 0;
        }
    }
}
