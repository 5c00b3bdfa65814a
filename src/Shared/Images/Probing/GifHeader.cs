using System.Buffers.Binary;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Reads the blocks of a GIF file up to its trailer (GIF89a specification) and counts the frames without decoding them. Like browsers, it
/// accepts everything that follows a complete first frame. It writes a still GIF from the first frame, whose screen is the frame, so that
/// decoders do not depend on the rest of the file.
/// </summary>
internal sealed class GifHeader
{
    private const int SignatureLength = 6;
    private const byte ExtensionIntroducer = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte ImageSeparator = 0x2C;
    private const byte Trailer = 0x3B;
    private const byte HasTransparency = 1;
    private const byte HasColorTable = 0x80;

    private readonly Stream _gif;
    private readonly HeaderReader _reader;
    private readonly ImageOptions _limits;
    private readonly FilePieces _pieces = new();
    private int _width;
    private int _height;
    private int _frames;
    private FrameData? _first;
    private byte[]? _transparency;

    private GifHeader(Stream gif, ImageOptions limits) => (_gif, _reader, _limits) = (gif, new HeaderReader(gif, "GIF"), limits);

    public static ProbedImage Read(Stream gif, ImageOptions limits) => new GifHeader(gif, limits).Read();

    private ProbedImage Read()
    {
        _reader.Skip(SignatureLength);
        _width = _reader.ReadUInt16LittleEndian();
        _height = _reader.ReadUInt16LittleEndian();
        var flags = _reader.ReadByte();
        _reader.Skip(2);
        if (_width > 0 && _height > 0)
        {
            ImageRejections.CheckSize(_width, _height, _limits);
        }

        var colorsStart = _reader.Position;
        SkipColorTable(flags);
        try
        {
            ReadBlocks(colorsStart, flags);
        }
        catch (ImageRejectedException rejection) when (rejection.Code == ImageRejections.TruncatedCode && _first is not null)
        {
            // The first frame is complete, and the rest is not rendered.
        }

        return new ProbedImage(new ImageHeader("image/gif", _width, _height, _frames, Orientation: 1)) { FirstFrame = _first, Pieces = _pieces };
    }

    private void ReadBlocks(long colorsStart, byte colorsFlags)
    {
        while (true)
        {
            switch (_reader.ReadByte())
            {
                case Trailer when _first is null:
                    throw ImageRejections.Corrupt("The GIF file has no frame.");
                case Trailer:
                    return;
                case ExtensionIntroducer:
                    ReadExtension();
                    break;
                case ImageSeparator when _frames == _limits.MaxFrames:
                    throw ImageRejections.TooManyFrames(_limits.MaxFrames);
                case ImageSeparator when _first is null:
                    ReadFirstFrame(colorsStart, colorsFlags);
                    _frames++;
                    break;
                case ImageSeparator:
                    _reader.Skip(8);
                    SkipColorTable(_reader.ReadByte());
                    _reader.Skip(1);
                    SkipSubBlocks();
                    _frames++;
                    break;
                case 0:
                    // Some encoders write a superfluous block terminator, which all decoders skip.
                    break;
                case var _ when _first is not null:
                    return;
                default:
                    throw ImageRejections.Corrupt("The GIF file has a block of an unknown type.");
            }
        }
    }

    private void ReadFirstFrame(long colorsStart, byte colorsFlags)
    {
        var x = _reader.ReadUInt16LittleEndian();
        var y = _reader.ReadUInt16LittleEndian();
        var width = _reader.ReadUInt16LittleEndian();
        var height = _reader.ReadUInt16LittleEndian();
        var flags = _reader.ReadByte();

        // The decoder allocates memory for the frame, and the canvas grows with the frame, so both are checked.
        ImageRejections.CheckSize(width, height, _limits);
        (_width, _height) = (Math.Max(_width, x + width), Math.Max(_height, y + height));
        ImageRejections.CheckSize(_width, _height, _limits);

        Span<byte> screen = stackalloc byte[7];
        BinaryPrimitives.WriteUInt16LittleEndian(screen, (ushort)width);
        BinaryPrimitives.WriteUInt16LittleEndian(screen[2..], (ushort)height);
        screen[4] = colorsFlags;
        _pieces.Add([.. "GIF89a"u8, .. screen]);
        _pieces.Keep(colorsStart, colorsStart + ColorTableLength(colorsFlags));
        _pieces.Add([.. _transparency ?? [], ImageSeparator, 0, 0, 0, 0, .. screen[..4], flags]);

        var tableStart = _reader.Position;
        SkipColorTable(flags);
        var frame = new FrameData(x, y, width, height, _reader.Position, Length: 0);
        _reader.Skip(1);
        KeepPixels(tableStart);
        var pixels = GifFrameData.CountPixels(_gif, frame);
        if (pixels < frame.Pixels)
        {
            throw ImageRejections.Truncated("GIF", (double)pixels / frame.Pixels);
        }

        _reader.Refill();
        _first = frame;
    }

    /// <summary>Keeps the color table and pixel data. Closes the data if the file ends within the data.</summary>
    private void KeepPixels(long start)
    {
        while (true)
        {
            var blockStart = _reader.Position;
            var length = _reader.Remaining == 0 ? (byte)0 : _reader.ReadByte();
            if (length > _reader.Remaining)
            {
                _pieces.Keep(start, blockStart);
                _pieces.Add([(byte)_reader.Remaining]);
                _reader.Skip(_reader.Remaining);
                _pieces.Keep(blockStart + 1, _reader.Position);
                _pieces.Add([0, Trailer]);
                return;
            }

            if (length == 0)
            {
                _pieces.Keep(start, blockStart);
                _pieces.Add([0, Trailer]);
                return;
            }

            _reader.Skip(length);
        }
    }

    /// <summary>Keeps the transparent color of the first frame.</summary>
    private void ReadExtension()
    {
        if (_reader.ReadByte() == GraphicControl && _first is null && _reader.Remaining > 5 && _reader.ReadByte() is var length)
        {
            if (length == 4)
            {
                var payload = _reader.ReadBytes(length);
                _transparency = (payload[0] & HasTransparency) == 0 ? null : [ExtensionIntroducer, GraphicControl, 4, HasTransparency, 0, 0, payload[3], 0];
            }
            else
            {
                _reader.Skip(length);
            }

            if (length == 0)
            {
                return;
            }
        }

        SkipSubBlocks();
    }

    private static int ColorTableLength(byte flags) => (flags & HasColorTable) == 0 ? 0 : 3 << ((flags & 7) + 1);

    private void SkipColorTable(byte flags) => _reader.Skip(ColorTableLength(flags));

    private void SkipSubBlocks()
    {
        for (var length = _reader.ReadByte(); length != 0; length = _reader.ReadByte())
        {
            _reader.Skip(length);
        }
    }
}
