namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Counts the pixels that the LZW codes of a GIF frame encode (GIF89a appendix F). The count is needed because the decoders leave missing
/// pixels blank and would accept a truncated frame.
/// </summary>
internal static class GifFrameData
{
    private const int MaxCodes = 4096;

    public static bool IsComplete(Stream gif, FrameData frame)
    {
        gif.Position = frame.Offset;
        var reader = new HeaderReader(gif, "GIF");
        int minimum = reader.ReadByte();
        if (minimum is < 1 or > 8)
        {
            return false;
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
        for (int block = reader.ReadByte(); block > 0; block = reader.ReadByte())
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
                        return false;
                    }

                    if (previous >= 0 && next < MaxCodes)
                    {
                        lengths[next++] = lengths[previous] + 1;
                        size += next == 1 << size && next < MaxCodes ? 1 : 0;
                    }

                    missing -= lengths[code];
                    if (missing <= 0)
                    {
                        return true;
                    }

                    previous = code;
                }
            }
        }

        return false;
    }
}
