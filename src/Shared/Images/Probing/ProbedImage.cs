namespace ServerlessScale.Shared.Images.Probing;

/// <summary>What the header of an image claims. No pixel was decoded to read it.</summary>
/// <param name="ContentType"><c>image/jpeg</c>, <c>image/png</c>, <c>image/gif</c> or <c>image/webp</c>, by signature.</param>
/// <param name="Width">Pixels as displayed, i.e. after applying <paramref name="Orientation"/>.</param>
/// <param name="Height">Pixels as displayed, i.e. after applying <paramref name="Orientation"/>.</param>
/// <param name="Frames">Number of frames; 1 for a still image.</param>
/// <param name="Orientation">EXIF orientation, 1 to 8. 1 (upright) for an image without one.</param>
public sealed record ImageHeader(string ContentType, int Width, int Height, int Frames, int Orientation)
{
    public long Pixels => (long)Width * Height;
}

/// <summary>The result of <see cref="ImageProbe"/>: the header, and the structure that an engine needs to decode the image.</summary>
public sealed record ProbedImage(ImageHeader Header)
{
    /// <summary>
    /// Larger ICC profiles are ignored. They consist of look-up tables, which the engine does not apply, and the limit bounds the memory
    /// that a compressed profile can take.
    /// </summary>
    internal const int LargestIccProfile = 64 * 1024;

    /// <summary>Width and height of the stored pixels, i.e. before applying the orientation.</summary>
    public (int Width, int Height) Stored => Header.Orientation < 5 ? (Header.Width, Header.Height) : (Header.Height, Header.Width);

    /// <summary>The embedded ICC profile. Null when there is none, or when it is larger than 64 KiB.</summary>
    public byte[]? IccProfile { get; init; }

    /// <summary>Whether a PNG file is interlaced (Adam7). ImageSharp hangs on some interlaced files, so the engine checks them first.</summary>
    public bool IsInterlaced { get; init; }

    /// <summary>Where the pixels of the first frame are. Null for JPEG and PNG files, which have only one image.</summary>
    public FrameData? FirstFrame { get; init; }
}

/// <summary>Position and size of the first frame of a GIF or WebP file.</summary>
/// <param name="X">Distance from the left edge of the canvas, in pixels.</param>
/// <param name="Y">Distance from the top edge of the canvas, in pixels.</param>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Offset">Where the pixel data starts in the file: the LZW code size of a GIF, the first image chunk of a WebP.</param>
/// <param name="Length">Bytes of pixel data in a WebP file. 0 for GIF, whose data ends with a terminator.</param>
public sealed record FrameData(int X, int Y, int Width, int Height, long Offset, long Length)
{
    public long Pixels => (long)Width * Height;
}
