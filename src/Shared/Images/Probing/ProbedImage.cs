namespace ServerlessScale.Shared.Images.Probing;

/// <summary>All that the header-only pass finds: what callers see, and what the engine needs to decode well.</summary>
internal sealed record ProbedImage(ImageHeader Header)
{
    /// <summary>Profiles larger than this hold look-up tables, which are not applied; it also bounds what is inflated.</summary>
    public const int LargestIccProfile = 64 * 1024;

    /// <summary>Width and height as the pixels are stored, before orientation.</summary>
    public (int Width, int Height) Stored => Header.Orientation < 5 ? (Header.Width, Header.Height) : (Header.Height, Header.Width);

    /// <summary>The embedded ICC profile, where there is one of at most <see cref="LargestIccProfile"/> bytes.</summary>
    public byte[]? IccProfile { get; init; }

    /// <summary>Whether a PNG comes in passes (Adam7), which the decoder has to be protected from.</summary>
    public bool IsInterlaced { get; init; }

    /// <summary>Where the first frame's pixel data is; null for JPEG and PNG, which have but one image.</summary>
    public FrameData? FirstFrame { get; init; }
}

/// <summary>The first frame of a GIF or WebP file.</summary>
/// <param name="Offset">Of the pixel data in the file: the LZW code size of a GIF, the first image chunk of a WebP.</param>
/// <param name="Length">Bytes of pixel data, for WebP; 0 for GIF, whose blocks end by themselves.</param>
internal sealed record FrameData(int X, int Y, int Width, int Height, long Offset, long Length)
{
    public long Pixels => (long)Width * Height;
}
