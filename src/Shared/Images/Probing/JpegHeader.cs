namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Reads the marker segments of a JPEG file (ITU-T T.81 annex B) up to the end-of-image marker. Unlike a decoder, it rejects bytes between
/// segments, so that the probe and the decoder cannot interpret the same file differently.
/// </summary>
internal static class JpegHeader
{
    /// <summary>
    /// The maximum number of scans, which is ten times as many as encoders write. The decoder visits all pixels for each scan, so a file
    /// with very many empty scans would keep it busy for hours.
    /// </summary>
    private const int MaxScans = 100;

    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte App1 = 0xE1;
    private const byte App2 = 0xE2;

    private static ReadOnlySpan<byte> IccPrefix => "ICC_PROFILE\0"u8;

    public static ProbedImage Read(HeaderReader reader, ImageOptions limits)
    {
        reader.Skip(2);
        ImageHeader? header = null;
        var orientation = 0;
        byte[]? iccProfile = null;
        var scans = 0;
        var entropyCodedBytes = 0L;
        var marker = ReadMarker(reader);
        while (marker != EndOfImage)
        {
            if (marker is <= 0x01 or (>= 0xD0 and <= StartOfImage))
            {
                throw ImageRejections.Corrupt("The JPEG file has a stand-alone marker where a segment is expected.");
            }

            var length = reader.ReadUInt16BigEndian() - 2;
            if (length < 0)
            {
                throw ImageRejections.Corrupt("A JPEG segment has an impossible length.");
            }

            var end = reader.Position + length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2 when header is null:
                    header = ReadFrame(reader, length, limits);
                    break;
                case >= 0xC0 and <= 0xC2:
                    throw ImageRejections.Corrupt("The JPEG file has two frame headers.");
                case >= 0xC3 and <= 0xCF and not (0xC4 or 0xC8):
                    throw ImageRejections.Unsupported("The JPEG file is lossless, hierarchical or arithmetic-coded.");
                case App1 when orientation == 0:
                    orientation = ReadOrientation(reader, length);
                    break;
                case App2 when iccProfile is null:
                    iccProfile = ReadIccProfile(reader, length);
                    break;
                case StartOfScan when header is null:
                    throw ImageRejections.Corrupt("The JPEG file has pixels before its frame header.");
                case StartOfScan when ++scans > MaxScans:
                    throw ImageRejections.Unsupported($"The JPEG file has more than {MaxScans} scans.");
            }

            reader.Skip(end - reader.Position);
            if (marker == StartOfScan)
            {
                marker = SkipEntropyCodedData(reader);
                entropyCodedBytes += reader.Position - end;
            }
            else
            {
                marker = ReadMarker(reader);
            }
        }

        if (header is null || scans == 0)
        {
            throw ImageRejections.Corrupt("The JPEG file has no pixels.");
        }

        // Each block of 8 x 8 pixels takes at least one bit for its DC coefficient.
        if (entropyCodedBytes * 8 < (header.Width / 8L) * (header.Height / 8L))
        {
            throw ImageRejections.Truncated(reader.Format);
        }

        return new ProbedImage(ExifOrientation.Apply(header, Math.Max(orientation, 1))) { IccProfile = iccProfile };
    }

    private static byte ReadMarker(HeaderReader reader)
    {
        if (reader.ReadByte() != 0xFF)
        {
            throw ImageRejections.Corrupt("The JPEG file has bytes between its segments.");
        }

        return SkipFill(reader);
    }

    private static byte SkipFill(HeaderReader reader)
    {
        byte marker;
        do
        {
            marker = reader.ReadByte();
        }
        while (marker == 0xFF);

        return marker;
    }

    /// <summary>
    /// Skips to the marker after the entropy-coded data and returns the marker. Within the data, 0xFF is followed by a zero (byte stuffing)
    /// or begins a restart marker.
    /// </summary>
    private static byte SkipEntropyCodedData(HeaderReader reader)
    {
        while (true)
        {
            reader.SkipPast(0xFF);
            var marker = SkipFill(reader);
            if (marker is not (0x00 or (>= 0xD0 and <= 0xD7)))
            {
                return marker;
            }
        }
    }

    private static ImageHeader ReadFrame(HeaderReader reader, int length, ImageOptions limits)
    {
        if (length < 6)
        {
            throw ImageRejections.Corrupt("The JPEG frame header is too short.");
        }

        var precision = reader.ReadByte();
        var height = reader.ReadUInt16BigEndian();
        var width = reader.ReadUInt16BigEndian();
        var components = reader.ReadByte();
        if (precision is not (8 or 12) || components is not (1 or 3 or 4))
        {
            throw ImageRejections.Unsupported($"The JPEG file has {components} components of {precision} bits.");
        }

        if (length != 6 + (3 * components))
        {
            throw ImageRejections.Corrupt("The JPEG frame header has an impossible length.");
        }

        ImageRejections.CheckSize(width, height, limits);
        return new ImageHeader("image/jpeg", width, height, Frames: 1, Orientation: 1);
    }

    /// <returns>1 to 8, or 0 when the segment is not an EXIF block. XMP segments have the same marker.</returns>
    private static int ReadOrientation(HeaderReader reader, int length)
    {
        var segment = reader.ReadBytes(length);
        return segment.AsSpan().StartsWith(ExifOrientation.Prefix) ? ExifOrientation.Read(segment) : 0;
    }

    /// <summary>
    /// Reads an ICC profile that fits into one segment (ICC.1:2022 annex B.4). Larger profiles are ignored, because they consist of look-up
    /// tables, which the engine does not apply.
    /// </summary>
    private static byte[]? ReadIccProfile(HeaderReader reader, int length)
    {
        var segment = reader.ReadBytes(length);
        var start = IccPrefix.Length + 2;
        return segment.Length > start && segment.AsSpan().StartsWith(IccPrefix) && segment[start - 1] == 1
            ? segment[start..]
            : null;
    }
}
