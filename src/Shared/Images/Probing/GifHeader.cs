namespace ServerlessScale.Shared.Images.Probing;

/// <summary>Reads the blocks of a GIF file up to its trailer (GIF89a specification) and counts the frames without decoding them.</summary>
internal static class GifHeader
{
    private const int SignatureLength = 6;
    private const byte ExtensionIntroducer = 0x21;
    private const byte ImageSeparator = 0x2C;
    private const byte Trailer = 0x3B;

    public static ProbedImage Read(HeaderReader reader, ImageOptions limits)
    {
        reader.Skip(SignatureLength);
        var width = reader.ReadUInt16LittleEndian();
        var height = reader.ReadUInt16LittleEndian();
        var flags = reader.ReadByte();
        reader.Skip(2);
        ImageRejections.CheckSize(width, height, limits);
        SkipColorTable(reader, flags);
        FrameData? firstFrame = null;
        var frames = 0;
        while (true)
        {
            switch (reader.ReadByte())
            {
                case Trailer when firstFrame is null:
                    throw ImageRejections.Corrupt("The GIF file has no frame.");
                case Trailer:
                    return new ProbedImage(new ImageHeader("image/gif", width, height, frames, Orientation: 1)) { FirstFrame = firstFrame };
                case ExtensionIntroducer:
                    reader.Skip(1);
                    SkipSubBlocks(reader);
                    break;
                case ImageSeparator when ++frames > limits.MaxFrames:
                    throw ImageRejections.TooManyFrames(limits.MaxFrames);
                case ImageSeparator:
                    var frame = ReadImageDescriptor(reader);
                    firstFrame ??= CheckFirst(frame, limits);
                    reader.Skip(1);
                    SkipSubBlocks(reader);
                    break;
                case 0:
                    // Some encoders write a superfluous block terminator, which all decoders skip.
                    break;
                default:
                    throw ImageRejections.Corrupt("The GIF file has a block of an unknown type.");
            }
        }
    }

    private static FrameData ReadImageDescriptor(HeaderReader reader)
    {
        var x = reader.ReadUInt16LittleEndian();
        var y = reader.ReadUInt16LittleEndian();
        var width = reader.ReadUInt16LittleEndian();
        var height = reader.ReadUInt16LittleEndian();
        SkipColorTable(reader, reader.ReadByte());
        return new FrameData(x, y, width, height, reader.Position, Length: 0);
    }

    /// <summary>Checks the size of the frame, because the decoder allocates memory for the frame, not for the canvas.</summary>
    private static FrameData CheckFirst(FrameData frame, ImageOptions limits)
    {
        ImageRejections.CheckSize(frame.Width, frame.Height, limits);
        return frame;
    }

    private static void SkipColorTable(HeaderReader reader, byte flags)
    {
        if ((flags & 0x80) != 0)
        {
            reader.Skip(3 << ((flags & 7) + 1));
        }
    }

    private static void SkipSubBlocks(HeaderReader reader)
    {
        for (var length = reader.ReadByte(); length != 0; length = reader.ReadByte())
        {
            reader.Skip(length);
        }
    }
}
