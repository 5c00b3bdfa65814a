using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Renders the variants of an image. One implementation uses ImageSharp, and another uses libvips. Engines do not depend on storage, queues
/// or HTTP.
/// </summary>
public interface IImageEngine
{
    /// <summary>
    /// Decodes <paramref name="source"/> once, applies the EXIF orientation, converts the colours to sRGB and drops all metadata. Resizes
    /// the image to the widest size first and creates each narrower size from the previous size. No size is larger than the image. Only the
    /// first frame of an animation is rendered.
    /// </summary>
    /// <param name="source">A seekable stream of the image file, at position 0.</param>
    /// <param name="probed">The result of probing the same file.</param>
    /// <param name="report">Receives the placeholder and the duration of each phase.</param>
    /// <param name="cancellationToken">Cancels the rendering between two variants, or within a variant if the codec supports it.</param>
    /// <returns>
    /// The variants, narrowest first. Each variant is returned as soon as it and all narrower variants are encoded, so that the caller can
    /// store it while the next variant is encoded.
    /// </returns>
    /// <exception cref="ImageRejectedException">The image cannot be decoded, and a retry would fail in the same way.</exception>
    IAsyncEnumerable<RenderedVariant> RenderAsync(
        Stream source, ProbedImage probed, RenderReport report, CancellationToken cancellationToken);

    /// <summary>
    /// Renders the variants of an image's upgrade: the animated variant, if the image is an animation within the limits and this engine can
    /// encode animations, and then every size in each of <see cref="ImageOptions.UpgradeFormats"/>, narrowest first. An animation whose
    /// further frames are damaged has no animated variant.
    /// </summary>
    /// <param name="source">A seekable stream of the image file, at position 0.</param>
    /// <param name="probed">The result of probing the same file.</param>
    /// <param name="present">The variants that exist already and are left out.</param>
    /// <param name="cancellationToken">Cancels the rendering between two variants or frames.</param>
    /// <returns>
    /// The variants. Each one is encoded when the caller asks for it, on the caller's thread and with a single thread, so that the caller
    /// decides when encoding begins and whether it ends early.
    /// </returns>
    /// <exception cref="ImageRejectedException">The image cannot be decoded, and a retry would fail in the same way.</exception>
    IAsyncEnumerable<RenderedVariant> UpgradeAsync(
        Stream source, ProbedImage probed, IReadOnlyCollection<VariantName> present, CancellationToken cancellationToken);

    /// <summary>
    /// Renders one size of an image as <see cref="SizePlan"/> describes, with the same orientation and colours as
    /// <see cref="RenderAsync"/>.
    /// </summary>
    /// <param name="source">A seekable stream of the image file, at position 0.</param>
    /// <param name="probed">The result of probing the same file.</param>
    /// <param name="size">The size to render.</param>
    /// <param name="cancellationToken">Cancels the rendering before a step, or within a step if the codec supports it.</param>
    /// <returns>The encoded bytes.</returns>
    /// <exception cref="ImageRejectedException">The image cannot be decoded, and a retry would fail in the same way.</exception>
    Task<byte[]> RenderSizeAsync(Stream source, ProbedImage probed, ImageSize size, CancellationToken cancellationToken);
}

/// <summary>An encoded variant of an image.</summary>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Format">The format: <c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
/// <param name="Content">The encoded bytes.</param>
public sealed record RenderedVariant(int Width, int Height, string Format, byte[] Content)
{
    /// <summary>Whether the variant contains all frames of an animation. Its format is <c>webp</c>.</summary>
    public bool IsAnimated { get; init; }

    public VariantName Name => IsAnimated ? VariantName.Animation(Width) : new(Width, Format);

    /// <summary>The media type of <see cref="Format"/>.</summary>
    public string ContentType => Name.ContentType;
}

/// <summary>The result of a rendering apart from its variants.</summary>
public sealed class RenderReport
{
    /// <summary>The placeholder of the image. Null until all variants have been returned.</summary>
    public Placeholder? Placeholder { get; set; }

    public TimeSpan Decode { get; set; }

    public TimeSpan Resize { get; set; }

    /// <summary>The time until the variants were encoded, which is shorter than the encoders' time if they ran side by side.</summary>
    public TimeSpan Encode { get; set; }
}
