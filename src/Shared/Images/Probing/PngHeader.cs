using System.IO.Compression;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>Reads the chunks of a PNG file up to the IEND chunk (W3C PNG Third Edition, section 5).</summary>
internal static class PngHeader
{
    public const int SignatureLength = 8;
    public const int CrcLength = 4;
    private const int IhdrLength = 13;

    public const uint Ihdr = 0x49484452;
    public const uint Idat = 0x49444154;
    public const uint Iend = 0x49454E44;
    private const uint Actl = 0x6163544C;
    private const uint Fctl = 0x6663544C;
    private const uint Exif = 0x65584966;
    private const uint Iccp = 0x69434350;
    private const uint AppleProprietary = 0x43674249;

    public static ProbedImage Read(HeaderReader reader, ImageOptions limits)
    {
        reader.Skip(SignatureLength);
        if (reader.ReadUInt32BigEndian() != IhdrLength || reader.ReadUInt32BigEndian() != Ihdr)
        {
            throw ImageRejections.Corrupt("The PNG file does not begin with its header chunk.");
        }

        var (header, isInterlaced) = ReadIhdr(reader, limits);
        reader.Skip(CrcLength);
        var orientation = 1;
        byte[]? iccProfile = null;
        var hasPixels = false;
        var previous = Ihdr;
        uint claimedFrames = 1;
        var frames = 0;
        while (true)
        {
            var length = reader.ReadUInt32BigEndian();
            if (length > int.MaxValue)
            {
                throw ImageRejections.Corrupt("A PNG chunk has an impossible length.");
            }

            var type = reader.ReadUInt32BigEndian();
            var end = reader.Position + length;
            switch (type)
            {
                case Iend when !hasPixels:
                    throw ImageRejections.Corrupt("The PNG file has no pixels.");
                case Iend:
                    reader.Skip(length + CrcLength);
                    return new ProbedImage(ExifOrientation.Apply(header with { Frames = (int)Math.Max(claimedFrames, frames) }, orientation))
                    {
                        IccProfile = iccProfile,
                        IsInterlaced = isInterlaced,
                    };
                case Ihdr:
                    throw ImageRejections.Corrupt("The PNG file has two header chunks.");
                case AppleProprietary:
                    throw ImageRejections.Unsupported("The PNG file uses Apple's proprietary variant of the format.");
                case Idat when hasPixels && previous != Idat:
                    throw ImageRejections.Corrupt("The PNG file has another chunk between its pixel data chunks.");
                case Idat:
                    hasPixels = true;
                    break;
                case Actl when length >= 4:
                    claimedFrames = Math.Max(claimedFrames, reader.ReadUInt32BigEndian());
                    break;
                case Fctl:
                    frames++;
                    break;
                case Exif when length <= ExifOrientation.LargestBlock:
                    orientation = ExifOrientation.Read(reader.ReadBytes((int)length));
                    break;
                case Iccp when length <= ProbedImage.LargestIccProfile:
                    iccProfile = ReadIccProfile(reader.ReadBytes((int)length));
                    break;
            }

            if (claimedFrames > limits.MaxFrames || frames > limits.MaxFrames)
            {
                throw ImageRejections.TooManyFrames(limits.MaxFrames);
            }

            reader.Skip(end + CrcLength - reader.Position);
            previous = type;
        }
    }

    private static (ImageHeader Header, bool IsInterlaced) ReadIhdr(HeaderReader reader, ImageOptions limits)
    {
        var width = reader.ReadUInt32BigEndian();
        var height = reader.ReadUInt32BigEndian();
        var bitDepth = reader.ReadByte();
        var colorType = reader.ReadByte();
        var compression = reader.ReadByte();
        var filter = reader.ReadByte();
        var interlace = reader.ReadByte();
        var possible = (colorType, bitDepth) is (0, 1 or 2 or 4 or 8 or 16) or (3, 1 or 2 or 4 or 8) or (2 or 4 or 6, 8 or 16);
        if (!possible || compression != 0 || filter != 0 || interlace > 1)
        {
            throw ImageRejections.Corrupt($"The PNG header claims color type {colorType} of {bitDepth} bits, compression {compression}, filter {filter} and interlace {interlace}.");
        }

        ImageRejections.CheckSize(width, height, limits);
        return (new ImageHeader("image/png", (int)width, (int)height, Frames: 1, Orientation: 1), interlace == 1);
    }

    /// <summary>
    /// Reads the profile from an iCCP chunk. The chunk consists of a name, a zero byte, the compression method 0 and a zlib stream (section
    /// 11.3.2.3). Decompression stops when the profile exceeds <see cref="ProbedImage.LargestIccProfile"/>.
    /// </summary>
    private static byte[]? ReadIccProfile(byte[] chunk)
    {
        var nameEnd = Array.IndexOf(chunk, (byte)0);
        if (nameEnd < 0 || nameEnd + 2 >= chunk.Length)
        {
            return null;
        }

        try
        {
            using var inflate = new ZLibStream(new MemoryStream(chunk, nameEnd + 2, chunk.Length - nameEnd - 2), CompressionMode.Decompress);
            var profile = new byte[ProbedImage.LargestIccProfile];
            var length = inflate.ReadAtLeast(profile, profile.Length, throwOnEndOfStream: false);
            return length < profile.Length ? profile[..length] : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
