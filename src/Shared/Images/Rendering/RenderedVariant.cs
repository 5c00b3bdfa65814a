namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>One encoded rung of the ladder.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Format">The extension in its URL: <c>webp</c>, <c>jpg</c> or <c>avif</c>.</param>
/// <param name="Content">The encoded bytes, valid until the next variant is asked for.</param>
public sealed record RenderedVariant(int Width, int Height, string Format, ReadOnlyMemory<byte> Content)
{
    /// <summary>The media type that goes with <see cref="Format"/>.</summary>
    public string ContentType => ContentTypeOf(Format);

    public static string ContentTypeOf(string format) => format switch
    {
        "webp" => "image/webp",
        "jpg" => "image/jpeg",
        "avif" => "image/avif",
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Known formats are webp, jpg and avif."),
    };
}
