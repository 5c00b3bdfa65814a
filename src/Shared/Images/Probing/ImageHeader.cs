namespace ServerlessScale.Shared.Images.Probing;

/// <summary>What the header of an image claims, read without decoding a pixel.</summary>
/// <param name="ContentType"><c>image/jpeg</c>, <c>image/png</c>, <c>image/gif</c> or <c>image/webp</c>, by signature.</param>
/// <param name="Width">Pixels, as displayed: after <paramref name="Orientation"/>.</param>
/// <param name="Height">Pixels, as displayed: after <paramref name="Orientation"/>.</param>
/// <param name="Frames">1 for a still image.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8; 1 where there is none.</param>
public sealed record ImageHeader(string ContentType, int Width, int Height, int Frames, int Orientation)
{
    public long Pixels => (long)Width * Height;
}
