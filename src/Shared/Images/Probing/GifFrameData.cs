namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Counts the pixels that the LZW codes of a GIF frame encode (GIF89a appendix F). The count is needed because the decoders leave missing
/// pixels blank and would accept a truncated frame.
/// </summary>
internal static class GifFrameData
{
    private const int MaxCodes = 4096;

    /// <returns>The number of pixels before the data ends or is corrupt, at most the number of pixels in the frame.</returns>
    public static long CountPixels(Stream gif, FrameData frame)
    {
        gif.Position = frame.Offset;
        var reader = new HeaderReader(gif, "GIF");
        int minimum = reader.ReadByte();
        if (minimum is < 1 or > 8)
        {
            return 0;
        }

        var clear = 1 << minimum;
        var lengths = new int[MaxCodes];
        Array.Fill(lengths, 1, 0, clear);
        var next = clear + 2;
        var size = minimum + 1;
        var previous = -1;
        var missing = frame.Pixels;
        var bits = 0;
        var bitCount = 0;
        for (int block = ReadLength(reader); block > 0; block = ReadLength(reader))
        {
            for (; block > 0; block--)
            {
                bits |= reader.ReadByte() << bitCount;
                bitCount += 8;
                while (bitCount >= size)
                {
                    var code = bits & ((1 << size) - 1);
                    bits >>= size;
                    bitCount -= size;
                    if (code == clear)
                    {
                        (next, size, previous) = (clear + 2, minimum + 1, -1);
                        continue;
                    }

                    if (code == clear + 1 || code > next || (code == next && previous < 0))
                    {
                        return frame.Pixels - missing;
                    }

                    if (previous >= 0 && next < MaxCodes)
                    {
                        lengths[next++] = lengths[previous] + 1;
                        size += next == 1 << size && next < MaxCodes ? 1 : 0;
                    }

                    missing -= lengths[code];
                    if (missing <= 0)
                    {
                        return frame.Pixels;
                    }

                    previous = code;
                }
            }
        }

        return frame.Pixels - missing;
    }

    /// <summary>Reads the length of a sub-block, at most the number of remaining bytes.</summary>
    private static int ReadLength(HeaderReader reader) => reader.Remaining == 0 ? 0 : (int)Math.Min(reader.ReadByte(), reader.Remaining);
}
