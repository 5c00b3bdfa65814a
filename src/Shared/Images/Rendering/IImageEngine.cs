using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Renders the variants of one image. There are two engines, ImageSharp and libvips. An engine knows nothing of storage, queues and HTTP.
/// </summary>
public interface IImageEngine
{
    /// <summary>
    /// Decodes <paramref name="source"/> once, applies the EXIF orientation, converts to sRGB and drops all metadata. Resizes to the widest
    /// size first and makes each narrower size from the one before it; no size is larger than the image. An animation is represented by
    /// its first frame.
    /// </summary>
    /// <param name="source">The image's bytes as a seekable stream at position 0.</param>
    /// <param name="probed">The result of probing the same bytes.</param>
    /// <param name="timings">Receives the duration of each phase.</param>
    /// <param name="cancellationToken">Checked between variants and, if the codec supports it, inside of them.</param>
    /// <returns>The variants, widest first. Each is returned as soon as it is encoded, so that the caller can store it during the next one.</returns>
    /// <exception cref="ImageRejectedException">The image cannot be decoded, so a retry would fail, too.</exception>
    IAsyncEnumerable<RenderedVariant> RenderAsync(
        Stream source, ProbedImage probed, RenderTimings timings, CancellationToken cancellationToken);
}

/// <summary>One encoded variant.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Format"><c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
/// <param name="Content">The encoded bytes, valid until the next variant is requested.</param>
public sealed record RenderedVariant(int Width, int Height, string Format, ReadOnlyMemory<byte> Content)
{
    public VariantName Name => new(Width, Format);

    /// <summary>The media type of <see cref="Format"/>.</summary>
    public string ContentType => Name.ContentType;
}

/// <summary>How the time of a rendering was spent, summed over all variants.</summary>
public sealed class RenderTimings
{
    public TimeSpan Decode { get; set; }

    public TimeSpan Resize { get; set; }

    public TimeSpan Encode { get; set; }
}
