using System.Buffers.Binary;
using System.IO.Compression;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Reads the chunks of a PNG file up to the IEND chunk (W3C PNG Third Edition, section 5). A file that ends after its last pixel is accepted.
/// </summary>
internal sealed class PngHeader
{
    public const int SignatureLength = 8;
    public const int CrcLength = 4;
    private const int IhdrLength = 13;

    /// <summary>ImageSharp expects the two bytes of the zlib header in the first chunk.</summary>
    private const int ShortestFirstChunk = 2;

    public const uint Ihdr = 0x49484452;
    public const uint Plte = 0x504C5445;
    public const uint Trns = 0x74524E53;
    public const uint Idat = 0x49444154;
    public const uint Iend = 0x49454E44;
    private const uint Actl = 0x6163544C;
    private const uint Fctl = 0x6663544C;
    private const uint Exif = 0x65584966;
    private const uint Iccp = 0x69434350;
    private const uint Cicp = 0x63494350;
    private const uint Srgb = 0x73524742;
    private const uint Gama = 0x67414D41;
    private const uint Chrm = 0x6348524D;
    private const uint AppleProprietary = 0x43674249;

    private readonly Stream _png;
    private readonly HeaderReader _reader;
    private readonly ImageOptions _limits;
    private readonly PngColourSpace _colours = new();
    private readonly FilePieces _pieces = new();
    private ImageHeader _header = null!;
    private bool _isInterlaced;
    private bool _isGray;
    private byte _bitDepth;
    private bool _hasPixels;
    private bool _hasIrregularPixelChunks;
    private bool _hasEmbeddedProfile;
    private int _orientation = 1;
    private uint _claimedFrames = 1;
    private int _frames;

    private PngHeader(Stream png, ImageOptions limits) => (_png, _reader, _limits) = (png, new HeaderReader(png, "PNG"), limits);

    public static ProbedImage Read(Stream png, ImageOptions limits) => new PngHeader(png, limits).Read();

    private ProbedImage Read()
    {
        _reader.Skip(SignatureLength);
        var length = _reader.ReadUInt32BigEndian();
        var type = _reader.ReadUInt32BigEndian();
        if (type == AppleProprietary)
        {
            throw ImageRejections.Unsupported("The PNG file uses Apple's own variant of PNG (CgBI), which Xcode writes for apps and which only Apple's software can read.");
        }

        if (length != IhdrLength || type != Ihdr)
        {
            throw ImageRejections.Corrupt("The PNG file does not begin with its header chunk.");
        }

        ReadIhdr();
        _reader.Skip(CrcLength);
        _pieces.Keep(0, _reader.Position);
        try
        {
            ReadChunks();
        }
        catch (ImageRejectedException rejection) when (rejection.Code == ImageRejections.TruncatedCode && _hasPixels)
        {
            // Inflating the data is the only way to find out whether pixels are missing.
            var present = PngPixelData.PresentShare(_png);
            if (present < 1)
            {
                throw ImageRejections.Truncated("PNG", present);
            }

            _hasIrregularPixelChunks = true;
        }

        return new ProbedImage(ExifOrientation.Apply(_header with { Frames = (int)Math.Max(_claimedFrames, _frames) }, _orientation))
        {
            IccProfile = _colours.ToProfile(_isGray),
            IsInterlaced = _isInterlaced,
            HasSixteenBitSamples = _bitDepth == 16,
            HasIrregularPixelChunks = _hasIrregularPixelChunks,
            Pieces = _hasIrregularPixelChunks || _pieces.AreContiguous ? null : _pieces,
        };
    }

    private void ReadChunks()
    {
        var previous = Ihdr;
        while (previous != Iend)
        {
            var start = _reader.Position;
            var length = _reader.ReadUInt32BigEndian();
            if (length > int.MaxValue)
            {
                throw ImageRejections.Corrupt("A PNG chunk has an impossible length.");
            }

            var type = _reader.ReadUInt32BigEndian();
            var end = _reader.Position + length;
            switch (type)
            {
                case Iend when !_hasPixels:
                    throw ImageRejections.Corrupt("The PNG file has no pixels.");
                case Ihdr:
                    throw ImageRejections.Corrupt("The PNG file has two header chunks.");
                case Idat when _hasPixels && previous != Idat:
                    throw ImageRejections.Corrupt("The PNG file has another chunk between its pixel data chunks.");
                case Idat:
                    _hasIrregularPixelChunks |= length == 0 || (!_hasPixels && length < ShortestFirstChunk);
                    _hasPixels = true;
                    break;
                default:
                    ReadChunk(type, length);
                    break;
            }

            if (_claimedFrames > _limits.MaxFrames || _frames > _limits.MaxFrames)
            {
                throw ImageRejections.TooManyFrames(_limits.MaxFrames);
            }

            _reader.Skip(end + CrcLength - _reader.Position);
            if (IsNecessary(type))
            {
                _pieces.Keep(start, _reader.Position);
            }

            previous = type;
        }
    }

    /// <summary>
    /// Returns whether a decoder needs a chunk. These are the critical chunks, whose types begin with an upper-case letter, and the
    /// transparency. Decoders must not see metadata, because libexif needs hours for directories that refer to each other.
    /// </summary>
    private static bool IsNecessary(uint type) => (type & 0x2000_0000) == 0 || type == Trns;

    private void ReadChunk(uint type, uint length)
    {
        switch (type)
        {
            case Actl when length >= 4:
                _claimedFrames = Math.Max(_claimedFrames, _reader.ReadUInt32BigEndian());
                break;
            case Fctl:
                _frames++;
                break;
            case Exif when length <= ExifOrientation.LargestBlock:
                _orientation = ExifOrientation.Read(_reader.ReadBytes((int)length));
                break;
            case Iccp when length <= ProbedImage.LargestIccProfile && !_hasEmbeddedProfile:
                // Only the first profile is inflated, so that a file with thousands of compressed profiles is not expensive.
                _hasEmbeddedProfile = true;
                _colours.SetEmbedded(ReadIccProfile(_reader.ReadBytes((int)length)));
                break;
            case Cicp when length == 4:
                _colours.SetCodePoints(_reader.ReadBytes(4));
                break;
            case Srgb:
                _colours.IsSrgb = true;
                break;
            case Gama when length == 4:
                _colours.SetGamma(_reader.ReadUInt32BigEndian());
                break;
            case Chrm when length == 32:
                _colours.SetChromaticities(_reader.ReadBytes(32));
                break;
        }
    }

    private void ReadIhdr()
    {
        var width = _reader.ReadUInt32BigEndian();
        var height = _reader.ReadUInt32BigEndian();
        _bitDepth = _reader.ReadByte();
        var colorType = _reader.ReadByte();
        var compression = _reader.ReadByte();
        var filter = _reader.ReadByte();
        var interlace = _reader.ReadByte();
        var possible = (colorType, _bitDepth) is (0, 1 or 2 or 4 or 8 or 16) or (3, 1 or 2 or 4 or 8) or (2 or 4 or 6, 8 or 16);
        if (!possible || compression != 0 || filter != 0 || interlace > 1)
        {
            throw ImageRejections.Corrupt($"The PNG header claims color type {colorType} of {_bitDepth} bits, compression {compression}, filter {filter} and interlace {interlace}.");
        }

        ImageRejections.CheckSize(width, height, _limits);
        if (interlace == 1)
        {
            var samples = colorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
            ImageRejections.CheckMemory(width, height, samples * Math.Max(1, _bitDepth / 8), _limits);
        }

        _header = new ImageHeader("image/png", (int)width, (int)height, Frames: 1, Orientation: 1);
        (_isInterlaced, _isGray) = (interlace == 1, colorType is 0 or 4);
    }

    /// <summary>
    /// Reads the profile from an iCCP chunk. The chunk consists of a name, a zero byte, the compression method 0 and a zlib stream (section
    /// 11.3.2.3). The profile begins with its length. Decompression stops there, or when the profile exceeds
    /// <see cref="ProbedImage.LargestIccProfile"/>.
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
            var size = new byte[4];
            inflate.ReadExactly(size);
            var length = BinaryPrimitives.ReadUInt32BigEndian(size);
            if (length is < 4 or > ProbedImage.LargestIccProfile)
            {
                return null;
            }

            var profile = new byte[length];
            size.CopyTo(profile, 0);
            inflate.ReadExactly(profile.AsSpan(4));
            return profile;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }
}
