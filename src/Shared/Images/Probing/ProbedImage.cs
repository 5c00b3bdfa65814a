namespace ServerlessScale.Shared.Images.Probing;

/// <summary>The contents of an image's header, read without decoding any pixels.</summary>
/// <param name="ContentType">
/// <c>image/jpeg</c>, <c>image/png</c>, <c>image/gif</c> or <c>image/webp</c>, detected from the first bytes.
/// </param>
/// <param name="Width">The width in pixels as displayed, i.e. after applying <paramref name="Orientation"/>.</param>
/// <param name="Height">The height in pixels as displayed, i.e. after applying <paramref name="Orientation"/>.</param>
/// <param name="Frames">The number of frames, which is 1 for a still image.</param>
/// <param name="Orientation">The EXIF orientation, 1 to 8. An image without an EXIF orientation has 1 (upright).</param>
public sealed record ImageHeader(string ContentType, int Width, int Height, int Frames, int Orientation)
{
    public long Pixels => (long)Width * Height;
}

/// <summary>
/// The result of <see cref="ImageProbe"/>. It contains the header and the facts about the file's structure that an engine needs to decode
/// the image.
/// </summary>
public sealed record ProbedImage(ImageHeader Header)
{
    /// <summary>
    /// The maximum size of an ICC profile in bytes. Larger profiles are ignored, because they consist of look-up tables, which the engine
    /// does not apply. The limit also bounds the memory that a compressed profile can take up when it is decompressed.
    /// </summary>
    internal const int LargestIccProfile = 64 * 1024;

    /// <summary>The width and height of the stored pixels, i.e. before applying the orientation.</summary>
    public (int Width, int Height) Stored => Header.Orientation < 5 ? (Header.Width, Header.Height) : (Header.Height, Header.Width);

    /// <summary>The embedded ICC profile. Null when the file has no profile or the profile is larger than 64 KiB.</summary>
    public byte[]? IccProfile { get; init; }

    /// <summary>
    /// Whether a PNG file is interlaced (Adam7). ImageSharp hangs on some interlaced files, so the engine checks the pixel data of such
    /// files before decoding them.
    /// </summary>
    public bool IsInterlaced { get; init; }

    /// <summary>
    /// The location of the first frame's pixels. Null for JPEG and PNG files, because the engine does not need the location in these
    /// formats.
    /// </summary>
    public FrameData? FirstFrame { get; init; }
}

/// <summary>The position and size of the first frame of a GIF or WebP file.</summary>
/// <param name="X">The distance from the left edge of the canvas, in pixels.</param>
/// <param name="Y">The distance from the top edge of the canvas, in pixels.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="Offset">
/// The offset of the pixel data in the file. In a GIF file, the data starts with the LZW code size. In a WebP file, it starts with the
/// frame's first chunk.
/// </param>
/// <param name="Length">
/// The number of bytes of pixel data in a WebP file. 0 for a GIF file, because its pixel data ends with a terminator.
/// </param>
public sealed record FrameData(int X, int Y, int Width, int Height, long Offset, long Length)
{
    public long Pixels => (long)Width * Height;
}
