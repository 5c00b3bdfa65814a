using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Turns one uploaded image into its ladder of variants. The seam for a second engine (libvips): everything about storing,
/// queueing and serving is outside of it.
/// </summary>
public interface IImageEngine
{
    /// <summary>
    /// Decodes <paramref name="source"/> once, applies the EXIF orientation, converts to sRGB, drops all metadata, and
    /// resizes in a cascade from the widest rung to the narrowest, never upscaling. Yields each variant as soon as it is
    /// encoded, widest first, so that the caller stores one while the next is made. The first frame stands for an animation.
    /// </summary>
    /// <param name="source">The image's bytes, seekable, at position 0.</param>
    /// <param name="header">What the probe read from the same bytes.</param>
    /// <param name="timings">Receives the time of each phase.</param>
    /// <param name="cancellationToken">Stops between rungs and, where the codec allows, inside one.</param>
    /// <exception cref="ImageRejectedException">The bytes are not an image that can be decoded: retrying is of no use.</exception>
    IAsyncEnumerable<RenderedVariant> RenderAsync(
        Stream source, ImageHeader header, RenderTimings timings, CancellationToken cancellationToken);
}
