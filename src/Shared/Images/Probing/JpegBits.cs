namespace ServerlessScale.Shared.Images.Probing;

/// <summary>Reads the bits of a scan of a JPEG file up to the next marker (ITU-T T.81 annex F.2.2.5).</summary>
/// <param name="reader">The file, at the first byte of the scan's data.</param>
/// <param name="end">The position at which the data ends if no marker comes first.</param>
internal sealed class JpegBits(HeaderReader reader, long end)
{
    private uint _bits;
    private int _count;
    private int _padding;

    /// <summary>The marker that ended the data. 0 when no marker has been reached.</summary>
    public byte Marker { get; private set; }

    /// <summary>Whether more bits were read than the data contains. The missing bits are read as zeros.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>Whether a code was not in its table.</summary>
    public bool IsCorrupt { get; private set; }

    /// <summary>The position after the last byte read, without the marker.</summary>
    public long Position => Marker == 0 ? reader.Position : reader.Position - 2;

    public int Decode(JpegHuffmanTable? table)
    {
        Fill();
        var (value, bits) = table?.Decode((int)(_bits >> (_count - 16)) & 0xFFFF) ?? (0, 0);
        if (bits == 0)
        {
            // Encoders fill the last byte with ones, which are the beginning of no code.
            IsExhausted |= _padding > 0;
            IsCorrupt |= _padding == 0;
        }

        Take(Math.Max(bits, 1));
        return value;
    }

    public int Read(int count)
    {
        if (count == 0)
        {
            return 0;
        }

        Fill();
        var value = (int)(_bits >> (_count - count)) & ((1 << count) - 1);
        Take(count);
        return value;
    }

    /// <summary>Drops the rest of a restart interval and skips its marker.</summary>
    /// <returns>False when the data ends with another marker.</returns>
    public bool Restart()
    {
        while (Marker == 0 && TryReadByte(out _))
        {
        }

        (_bits, _count, _padding) = (0, 0, 0);
        if (Marker is < 0xD0 or > 0xD7)
        {
            IsExhausted = true;
            return false;
        }

        (Marker, IsExhausted) = (0, false);
        return true;
    }

    private void Take(int count)
    {
        _count -= count;
        IsExhausted |= _count < _padding;
    }

    private void Fill()
    {
        while (_count < 16)
        {
            if (!TryReadByte(out var value))
            {
                _padding += 8;
            }

            _bits = (_bits << 8) | value;
            _count += 8;
        }
    }

    private bool TryReadByte(out byte value)
    {
        value = 0;
        if (Marker != 0 || reader.Position >= end)
        {
            return false;
        }

        value = reader.ReadByte();
        if (value != 0xFF)
        {
            return true;
        }

        byte next;
        do
        {
            if (reader.Remaining == 0)
            {
                return false;
            }

            next = reader.ReadByte();
        }
        while (next == 0xFF);

        Marker = next;
        value = next == 0 ? value : (byte)0;
        return next == 0;
    }
}
