namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Reads the chunks of a still or animated WebP file (RFC 9649) and the headers of its first frame. Like libwebp, it accepts everything that
/// follows a complete first frame.
/// </summary>
internal static class WebpHeader
{
    private const int ChunkHeaderLength = 8;
    private const int AnimationFrameHeaderLength = 16;
    private const byte AnimationFlag = 0x02;

    public const uint Vp8 = 0x20385056;
    public const uint Vp8Lossless = 0x4C385056;
    public const uint Vp8Extended = 0x58385056;
    public const uint Alpha = 0x48504C41;
    private const uint Animation = 0x464D4E41;
    private const uint Exif = 0x46495845;
    private const uint IccProfile = 0x50434349;

    public static ProbedImage Read(HeaderReader reader, ImageOptions limits)
    {
        reader.Skip(4);
        long end = reader.ReadUInt32LittleEndian() + (long)ChunkHeaderLength;
        reader.Skip(4);
        var (type, length) = ReadChunkHeader(reader, end);
        if (type != Vp8Extended)
        {
            var start = reader.Position - ChunkHeaderLength;
            var (width, height) = ReadFrameSize(reader, type, length);
            ImageRejections.CheckSize(width, height, limits);
            return new ProbedImage(new ImageHeader("image/webp", width, height, Frames: 1, Orientation: 1))
            {
                FirstFrame = new FrameData(0, 0, width, height, start, length + ChunkHeaderLength),
            };
        }

        return ReadExtended(reader, length, end, limits);
    }

    private static ProbedImage ReadExtended(HeaderReader reader, long length, long end, ImageOptions limits)
    {
        if (length < 10)
        {
            throw ImageRejections.Corrupt("The WebP header is too short.");
        }

        var next = reader.Position + Padded(length);
        var animated = (reader.ReadByte() & AnimationFlag) != 0;
        reader.Skip(3);
        var width = reader.ReadUInt24LittleEndian() + 1;
        var height = reader.ReadUInt24LittleEndian() + 1;
        ImageRejections.CheckSize(width, height, limits);
        reader.Skip(next - reader.Position);

        var frames = 0;
        FrameData? firstFrame = null;
        long? alphaStart = null;
        var orientation = 1;
        byte[]? iccProfile = null;
        while (reader.Position + ChunkHeaderLength <= end)
        {
            var start = reader.Position;
            if (firstFrame is not null && !HasWholeChunk(reader, end))
            {
                break;
            }

            (var type, length) = ReadChunkHeader(reader, end);
            next = reader.Position + Padded(length);
            switch (type)
            {
                case Vp8Extended when firstFrame is null:
                    throw ImageRejections.Corrupt("The WebP file has two headers.");
                case Animation when animated && ++frames > limits.MaxFrames:
                    throw ImageRejections.TooManyFrames(limits.MaxFrames);
                case Animation when animated:
                    firstFrame ??= ReadAnimationFrame(reader, length, width, height);
                    break;
                case Alpha when !animated && firstFrame is null:
                    alphaStart = start;
                    break;
                case Vp8 or Vp8Lossless when !animated && firstFrame is null:
                    CheckFrameSize(ReadFrameSize(reader, type, length), width, height);
                    frames = 1;
                    firstFrame = new FrameData(0, 0, width, height, alphaStart ?? start, next - (alphaStart ?? start));
                    break;
                case Exif when length <= ExifOrientation.LargestBlock:
                    orientation = ExifOrientation.Read(reader.ReadBytes((int)length));
                    break;
                case IccProfile when length <= ProbedImage.LargestIccProfile && iccProfile is null:
                    iccProfile = reader.ReadBytes((int)length);
                    break;
            }

            // Some encoders omit the padding byte of the last chunk.
            reader.Skip(Math.Min(next, reader.Length) - reader.Position);
        }

        if (firstFrame is null)
        {
            throw ImageRejections.Corrupt("The WebP file has no frame.");
        }

        return new ProbedImage(ExifOrientation.Apply(new ImageHeader("image/webp", width, height, frames, Orientation: 1), orientation))
        {
            IccProfile = ProbedImage.ProfileFor("RGB ", iccProfile),
            FirstFrame = firstFrame,
        };
    }

    private static FrameData ReadAnimationFrame(HeaderReader reader, long length, int canvasWidth, int canvasHeight)
    {
        if (length < AnimationFrameHeaderLength)
        {
            throw ImageRejections.Corrupt("The WebP file has a corrupt frame.");
        }

        var end = reader.Position + length;
        var x = 2 * reader.ReadUInt24LittleEndian();
        var y = 2 * reader.ReadUInt24LittleEndian();
        var width = reader.ReadUInt24LittleEndian() + 1;
        var height = reader.ReadUInt24LittleEndian() + 1;
        reader.Skip(4);
        if (x + width > canvasWidth || y + height > canvasHeight)
        {
            throw ImageRejections.Corrupt("The first frame of the WebP file extends beyond its canvas.");
        }

        var start = reader.Position;
        while (reader.Position + ChunkHeaderLength <= end)
        {
            var (type, chunkLength) = ReadChunkHeader(reader, end);
            var next = Math.Min(reader.Position + Padded(chunkLength), end);
            if (type is Vp8 or Vp8Lossless)
            {
                CheckFrameSize(ReadFrameSize(reader, type, chunkLength), width, height);
                return new FrameData(x, y, width, height, start, next - start);
            }

            reader.Skip(next - reader.Position);
        }

        throw ImageRejections.Corrupt("The first frame of the WebP file has no pixels.");
    }

    private static (uint Type, long Length) ReadChunkHeader(HeaderReader reader, long end)
    {
        var type = reader.ReadUInt32LittleEndian();
        long length = reader.ReadUInt32LittleEndian();
        if (reader.Position + length > end)
        {
            throw ImageRejections.Corrupt("A WebP chunk is longer than the chunk or file that contains it.");
        }

        return length > reader.Remaining
            ? throw ImageRejections.Truncated(reader.Format, $"it ends after {reader.Length} of {Math.Max(end, reader.Position + length)} bytes")
            : (type, length);
    }

    /// <summary>Returns whether the next chunk, of which only the header is read, ends within the file.</summary>
    private static bool HasWholeChunk(HeaderReader reader, long end) =>
        reader.Remaining >= ChunkHeaderLength && reader.PeekUInt32LittleEndian(4) <= Math.Min(end, reader.Length) - reader.Position - ChunkHeaderLength;

    private static long Padded(long length) => length + (length & 1);

    private static void CheckFrameSize((int Width, int Height) frame, int width, int height)
    {
        if (frame != (width, height))
        {
            throw ImageRejections.Corrupt($"The WebP file claims {width} x {height} pixels, but its frame has {frame.Width} x {frame.Height}.");
        }
    }

    private static (int Width, int Height) ReadFrameSize(HeaderReader reader, uint type, long length) => type switch
    {
        Vp8 when length >= 10 => ReadLossySize(reader, length),
        Vp8Lossless when length >= 5 => ReadLosslessSize(reader),
        _ => throw ImageRejections.Corrupt("The WebP file does not begin with an image."),
    };

    /// <summary>
    /// Reads the size of a lossy frame. The header consists of a 3-byte frame tag, a start code, and two 14-bit fields for the width and
    /// height (RFC 6386 section 9.1).
    /// </summary>
    private static (int Width, int Height) ReadLossySize(HeaderReader reader, long length)
    {
        var tag = reader.ReadUInt24LittleEndian();
        var isKeyFrame = (tag & 1) == 0;
        var firstPartition = tag >> 5;
        if (!isKeyFrame || firstPartition > length - 10 || reader.ReadUInt24LittleEndian() != 0x2A019D)
        {
            throw ImageRejections.Corrupt("The WebP file's lossy frame header is corrupt.");
        }

        return (reader.ReadUInt16LittleEndian() & 0x3FFF, reader.ReadUInt16LittleEndian() & 0x3FFF);
    }

    /// <summary>
    /// Reads the size of a lossless frame. The header consists of a signature byte, two 14-bit fields for width - 1 and height - 1, an
    /// alpha bit, and a 3-bit version (RFC 9649 section 3.4).
    /// </summary>
    private static (int Width, int Height) ReadLosslessSize(HeaderReader reader)
    {
        var signature = reader.ReadByte();
        var bits = reader.ReadUInt32LittleEndian();
        if (signature != 0x2F || bits >> 29 != 0)
        {
            throw ImageRejections.Corrupt("The WebP file's lossless frame header is corrupt.");
        }

        return ((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);
    }
}
