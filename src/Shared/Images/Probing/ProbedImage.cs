using System.Text;

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
    /// The maximum size of an ICC profile in bytes. It is larger than the profiles of printing presses. The limit bounds the memory that a
    /// compressed profile can take up when it is decompressed.
    /// </summary>
    internal const int LargestIccProfile = 4 * 1024 * 1024;

    /// <summary>The width and height of the stored pixels, i.e. before applying the orientation.</summary>
    public (int Width, int Height) Stored => Header.Orientation < 5 ? (Header.Width, Header.Height) : (Header.Height, Header.Width);

    /// <summary>
    /// The ICC profile of the stored colours, which is either embedded or stands for other declarations of the colour space. Null when the
    /// file declares no colour space, or the profile is larger than 4 MiB or does not fit to the pixels.
    /// </summary>
    public byte[]? IccProfile { get; init; }

    /// <summary>
    /// Whether a PNG file is interlaced (Adam7). ImageSharp hangs on some interlaced files, so the engine checks the pixel data of such
    /// files before decoding them.
    /// </summary>
    public bool IsInterlaced { get; init; }

    /// <summary>Whether a PNG file has 16 bits per sample.</summary>
    internal bool HasSixteenBitSamples { get; init; }

    /// <summary>
    /// Whether the pixel data of a PNG file must be joined into one chunk before decoding, because a chunk is empty, too short or cut off.
    /// </summary>
    internal bool HasIrregularPixelChunks { get; init; }

    /// <summary>The parts of a JPEG, PNG or GIF file to decode. Null when the decoder can read the file itself.</summary>
    internal FilePieces? Pieces { get; init; }

    /// <summary>
    /// The location of the first frame's pixels. Null for JPEG and PNG files, because the engine does not need the location in these
    /// formats.
    /// </summary>
    public FrameData? FirstFrame { get; init; }

    /// <summary>Returns the profile if its colour space is <paramref name="colourSpace"/> (ICC.1:2022 section 7.2.6), otherwise null.</summary>
    internal static byte[]? ProfileFor(string colourSpace, byte[]? profile)
    {
        const int ColourSpaceOffset = 16;
        return profile?.Length > ColourSpaceOffset + 4 && Encoding.ASCII.GetString(profile, ColourSpaceOffset, 4) == colourSpace ? profile : null;
    }
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
