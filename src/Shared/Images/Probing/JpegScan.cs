namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Decodes the Huffman codes of a scan of a JPEG file (ITU-T T.81 annexes F.2 and G.2) only to count the units that the scan contains. The
/// count is needed because decoders fill missing units with gray.
/// </summary>
internal sealed class JpegScan
{
    private const int DcCoefficient = 0;

    private readonly JpegFrame _frame;
    private readonly JpegBits _bits;
    private readonly JpegComponent[] _components;
    private readonly JpegHuffmanTable?[] _dc;
    private readonly JpegHuffmanTable?[] _ac;
    private readonly int _first;
    private readonly int _last;
    private readonly bool _refines;
    private int _emptyBlocks;

    /// <param name="header">The payload of the SOS segment.</param>
    public JpegScan(JpegFrame frame, ReadOnlySpan<byte> header, JpegHuffmanTable?[] tables, JpegBits bits)
    {
        (_frame, _bits) = (frame, bits);
        var count = header.IsEmpty ? 0 : header[0];
        if (count is < 1 or > 4 || header.Length < 4 + (2 * count))
        {
            throw ImageRejections.Corrupt("The JPEG file has a corrupt scan header.");
        }

        var components = new JpegComponent[count];
        (_dc, _ac) = (new JpegHuffmanTable?[count], new JpegHuffmanTable?[count]);
        for (var i = 0; i < count; i++)
        {
            var (id, numbers) = (header[1 + (2 * i)], header[2 + (2 * i)]);
            components[i] = frame.Components.FirstOrDefault(component => component.Id == id)
                ?? throw ImageRejections.Corrupt("A scan of the JPEG file has an unknown component.");
            (_dc[i], _ac[i]) = (tables[(numbers >> 4) & 3], tables[4 + (numbers & 3)]);
        }

        _components = components;
        (_first, _last) = frame.IsProgressive ? (header[^3], header[^2]) : (0, 63);
        _refines = frame.IsProgressive && header[^1] >> 4 != 0;
        if (_first > _last || _last > 63 || (frame.IsProgressive && (_first == 0 ? _last > 0 : count > 1)))
        {
            throw ImageRejections.Corrupt("The JPEG file has a corrupt scan header.");
        }

        if (!frame.IsProgressive || (header[^1] & 15) == 0)
        {
            foreach (var component in components)
            {
                component.Coded |= (ulong.MaxValue >> (63 - _last)) & (ulong.MaxValue << _first);
            }
        }
    }

    public long Units => _frame.Units(_components);

    /// <summary>Counts the units before the data ends. Stops at a code that is not in its table.</summary>
    public long Count(int restartInterval)
    {
        var units = Units;
        if (_first > DcCoefficient)
        {
            _components[0].Nonzero ??= new ulong[units];
        }

        var done = 0L;
        for (; done < units && !_bits.IsCorrupt; done++)
        {
            if (restartInterval > 0 && done > 0 && done % restartInterval == 0)
            {
                _emptyBlocks = 0;
                if (!_bits.Restart())
                {
                    return done;
                }
            }

            ReadUnit(done);
            if (!_bits.IsExhausted)
            {
                continue;
            }

            if (restartInterval == 0 || _bits.Marker is < 0xD0 or > 0xD7)
            {
                return done;
            }

            // A decoder resumes after a damaged interval.
            done = Math.Min(units, (done / restartInterval * restartInterval) + restartInterval) - 1;
        }

        return done;
    }

    private void ReadUnit(long unit)
    {
        if (!_frame.IsProgressive)
        {
            for (var i = 0; i < _components.Length; i++)
            {
                for (var block = BlocksPerUnit(i); block > 0 && !_bits.IsExhausted; block--)
                {
                    ReadDc(_dc[i]);
                    ReadAc(_ac[i]);
                }
            }
        }
        else if (_first == DcCoefficient)
        {
            for (var i = 0; i < _components.Length; i++)
            {
                for (var block = BlocksPerUnit(i); block > 0; block--)
                {
                    if (_refines)
                    {
                        _bits.Read(1);
                    }
                    else
                    {
                        ReadDc(_dc[i]);
                    }
                }
            }
        }
        else if (_refines)
        {
            RefineAc(ref _components[0].Nonzero![unit]);
        }
        else
        {
            ReadProgressiveAc(ref _components[0].Nonzero![unit]);
        }
    }

    private int BlocksPerUnit(int index) => _components.Length == 1 ? 1 : _components[index].Horizontal * _components[index].Vertical;

    private void ReadDc(JpegHuffmanTable? table) => _bits.Read(_bits.Decode(table) & 15);

    private void ReadAc(JpegHuffmanTable? table)
    {
        for (var k = 1; k < 64; k++)
        {
            var code = _bits.Decode(table);
            var (run, size) = (code >> 4, code & 15);
            if (size == 0 && run < 15)
            {
                return;
            }

            k += run;
            _bits.Read(size);
        }
    }

    private void ReadProgressiveAc(ref ulong nonzero)
    {
        if (_emptyBlocks > 0)
        {
            _emptyBlocks--;
            return;
        }

        for (var k = _first; k <= _last; k++)
        {
            var code = _bits.Decode(_ac[0]);
            var (run, size) = (code >> 4, code & 15);
            if (size == 0 && run < 15)
            {
                _emptyBlocks = (1 << run) + _bits.Read(run) - 1;
                return;
            }

            k += run;
            _bits.Read(size);
            if (size > 0 && k < 64)
            {
                nonzero |= 1UL << k;
            }
        }
    }

    private void RefineAc(ref ulong nonzero)
    {
        var k = _first;
        for (; k <= _last && _emptyBlocks == 0; k++)
        {
            var code = _bits.Decode(_ac[0]);
            var (run, size) = (code >> 4, code & 15);
            if (size > 0)
            {
                _bits.Read(1);
            }
            else if (run < 15)
            {
                _emptyBlocks = (1 << run) + _bits.Read(run);
                break;
            }

            for (; k <= _last; k++)
            {
                if ((nonzero & (1UL << k)) != 0)
                {
                    _bits.Read(1);
                }
                else if (--run < 0)
                {
                    break;
                }
            }

            if (size > 0 && k <= _last)
            {
                nonzero |= 1UL << k;
            }
        }

        if (_emptyBlocks == 0)
        {
            return;
        }

        for (; k <= _last; k++)
        {
            if ((nonzero & (1UL << k)) != 0)
            {
                _bits.Read(1);
            }
        }

        _emptyBlocks--;
    }
}
