namespace ServerlessScale.Shared.Images.Probing;

/// <summary>A Huffman table of a JPEG file (ITU-T T.81 annex F.2.2.3). Codes of at most 8 bits are looked up in an array.</summary>
internal sealed class JpegHuffmanTable
{
    private const int FastBits = 8;
    public const int MaxBits = 16;

    private readonly short[] _fast = new short[1 << FastBits];
    private readonly int[] _end = new int[MaxBits + 1];
    private readonly int[] _offset = new int[MaxBits + 1];
    private readonly byte[] _values;

    private JpegHuffmanTable(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> values)
    {
        _values = values.ToArray();
        Array.Fill(_fast, (short)-1);
        var code = 0;
        var index = 0;
        for (var length = 1; length <= MaxBits; length++, code <<= 1)
        {
            _offset[length] = index - code;
            for (var i = 0; i < counts[length - 1]; i++, code++, index++)
            {
                if (length <= FastBits && code < 1 << length)
                {
                    Array.Fill(_fast, (short)((length << 8) | values[index]), code << (FastBits - length), 1 << (FastBits - length));
                }
            }

            _end[length] = code;
        }
    }

    /// <summary>Reads the tables of a DHT segment into <paramref name="tables"/>, at the index 4 x class + number.</summary>
    public static void Read(ReadOnlySpan<byte> segment, JpegHuffmanTable?[] tables)
    {
        while (segment.Length > MaxBits)
        {
            var counts = segment.Slice(1, MaxBits);
            var total = 0;
            foreach (var count in counts)
            {
                total += count;
            }

            var (kind, number) = (segment[0] >> 4, segment[0] & 15);
            if (kind > 1 || number > 3 || total > 256 || segment.Length < 1 + MaxBits + total)
            {
                throw ImageRejections.Corrupt("The JPEG file has a corrupt Huffman table.");
            }

            tables[(4 * kind) + number] = new JpegHuffmanTable(counts, segment.Slice(1 + MaxBits, total));
            segment = segment[(1 + MaxBits + total)..];
        }
    }

    /// <param name="bits">The next 16 bits.</param>
    /// <returns>The value and the number of bits of its code. The number is 0 when no code matches.</returns>
    public (int Value, int Bits) Decode(int bits)
    {
        var fast = _fast[bits >> (MaxBits - FastBits)];
        if (fast >= 0)
        {
            return (fast & 0xFF, fast >> 8);
        }

        for (var length = 1; length <= MaxBits; length++)
        {
            var code = bits >> (MaxBits - length);
            if (code < _end[length])
            {
                var index = code + _offset[length];
                return (uint)index < (uint)_values.Length ? (_values[index], length) : (0, 0);
            }
        }

        return (0, 0);
    }
}
