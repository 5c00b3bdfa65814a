namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Reads the marker segments of a JPEG file (ITU-T T.81 annex B) up to the end-of-image marker. Like libjpeg and all browsers, it skips bytes
/// between segments and accepts a file that ends after its last pixel. The decoder receives only the parts that were recognised and that it
/// needs, so that the probe and the decoder cannot interpret the same file differently.
/// </summary>
internal sealed class JpegHeader
{
    /// <summary>
    /// The maximum number of scans, which is ten times as many as encoders write. The decoder visits all pixels for each scan, so a file
    /// with very many empty scans would keep it busy for hours.
    /// </summary>
    private const int MaxScans = 100;

    /// <summary>The number of zero bytes with which the data of a scan may end. More zeros are padding.</summary>
    private const int MaxTrailingZeros = 8;

    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte HuffmanTables = 0xC4;
    private const byte RestartInterval = 0xDD;
    private const byte App1 = 0xE1;
    private const byte App2 = 0xE2;
    private const byte Comment = 0xFE;

    private readonly ImageOptions _limits;
    private readonly HeaderReader _reader;
    private readonly bool _countsUnits;
    private readonly long _dataEnd;
    private readonly FilePieces _pieces = new();
    private readonly IccSegments _profile = new();
    private readonly JpegHuffmanTable?[] _tables = new JpegHuffmanTable?[8];
    private JpegFrame? _frame;
    private bool _hasTables;
    private int _restartInterval;
    private int _orientation;
    private int _scans;
    private long _entropyCodedBytes;
    private long _units;
    private long _countedUnits;
    private bool _isCorrupt;
    private bool _mustCount;

    private JpegHeader(Stream image, ImageOptions limits, bool countsUnits)
    {
        (_limits, _countsUnits) = (limits, countsUnits);
        _dataEnd = countsUnits ? Math.Min(image.Length, TrailingZeros.Start(image) + MaxTrailingZeros) : image.Length;
        image.Position = 0;
        _reader = new HeaderReader(image, "JPEG");
    }

    public static ProbedImage Read(Stream image, ImageOptions limits) =>
        new JpegHeader(image, limits, countsUnits: false).Read() ?? ReadAndCount(image, limits);

    /// <summary>
    /// Reads the file and decodes all Huffman codes, which is expensive, but finds out whether pixels are missing. This is necessary only if
    /// the end-of-image marker is missing, if the file has several scans, or if an engine suspects that pixels are missing.
    /// </summary>
    /// <exception cref="ImageRejectedException"><c>image-truncated</c> when pixels are missing.</exception>
    public static ProbedImage ReadAndCount(Stream image, ImageOptions limits) => new JpegHeader(image, limits, countsUnits: true).Read()!;

    /// <returns>Null when the units of the scans must be counted.</returns>
    private ProbedImage? Read()
    {
        _reader.Skip(2);
        _pieces.Keep(0, 2);
        var isClosed = false;
        try
        {
            isClosed = ReadSegments();
        }
        catch (ImageRejectedException rejection) when (rejection.Code == ImageRejections.TruncatedCode && _scans > 0)
        {
            // The pixels may be complete nevertheless.
        }

        if (_frame is null || _scans == 0)
        {
            throw ImageRejections.Corrupt("The JPEG file has no pixels.");
        }

        // Each block of 8 x 8 pixels takes at least one bit for its DC coefficient.
        var hasTooLittleData = _entropyCodedBytes * 8 < (_frame.Width / 8L) * (_frame.Height / 8L);
        if (!_countsUnits && (!isClosed || hasTooLittleData || _mustCount))
        {
            return null;
        }

        if (_countsUnits && IsTruncated(isClosed))
        {
            throw ImageRejections.Truncated(_reader.Format, _frame.CodedShare * _countedUnits / _units);
        }

        if (!isClosed)
        {
            _pieces.Add([0xFF, EndOfImage]);
        }

        var header = new ImageHeader("image/jpeg", _frame.Width, _frame.Height, Frames: 1, Orientation: 1);
        return new ProbedImage(ExifOrientation.Apply(header, Math.Max(_orientation, 1)))
        {
            IccProfile = ProbedImage.ProfileFor(_frame.ColourSpace, _profile.Join()),
            Pieces = _pieces.AreContiguous ? null : _pieces,
        };
    }

    /// <summary>
    /// Returns whether pixels are missing or not coded in full precision. A file that has an end marker may be damaged instead, which its
    /// decoder must judge.
    /// </summary>
    private bool IsTruncated(bool isClosed) =>
        !_frame!.IsCoded || (_countedUnits < _units && !(isClosed && _isCorrupt));

    /// <returns>Whether the file has an end-of-image marker.</returns>
    private bool ReadSegments()
    {
        var (marker, start) = ReadMarker();
        while (marker != EndOfImage)
        {
            if (marker == StartOfImage)
            {
                // Some cameras store several images one after another. Only the first image counts.
                return _scans > 0 ? false : throw ImageRejections.Corrupt("The JPEG file has two start markers.");
            }

            var length = _reader.ReadUInt16BigEndian() - 2;
            if (length < 0)
            {
                return _scans > 0 ? false : throw ImageRejections.Corrupt("A JPEG segment has an impossible length.");
            }

            var end = _reader.Position + length;
            if (marker == StartOfScan)
            {
                (marker, start) = ReadScan(start, length);
                if (_mustCount && !_countsUnits)
                {
                    return false;
                }

                continue;
            }

            ReadSegment(marker, length);
            _reader.Skip(end - _reader.Position);
            if (!IsMetadata(marker))
            {
                _pieces.Keep(start, end);
            }

            (marker, start) = ReadMarker();
        }

        _pieces.Keep(start, _reader.Position);
        return true;
    }

    /// <summary>
    /// Returns whether the pixels can be decoded without a segment. Comments and APP segments are metadata, except for JFIF (APP0) and Adobe's
    /// segment (APP14), which declare the colour space. Decoders must not see metadata, because libexif needs hours for directories that refer
    /// to each other.
    /// </summary>
    private static bool IsMetadata(byte marker) => marker is (>= App1 and <= 0xED) or 0xEF or Comment;

    private void ReadSegment(byte marker, int length)
    {
        switch (marker)
        {
            case 0xC0 or 0xC1 or 0xC2 when _frame is null:
                _frame = JpegFrame.Read(_reader, length, isProgressive: marker == 0xC2, _limits);
                break;
            case >= 0xC0 and <= 0xC2:
                throw ImageRejections.Corrupt("The JPEG file has two frame headers.");
            case >= 0xC3 and <= 0xCF and not (HuffmanTables or 0xC8):
                throw ImageRejections.Unsupported("The JPEG file is lossless, hierarchical or arithmetic-coded.");
            case HuffmanTables:
                _hasTables = true;
                if (_countsUnits)
                {
                    JpegHuffmanTable.Read(_reader.ReadBytes(length), _tables);
                }

                break;
            case RestartInterval when length >= 2:
                _restartInterval = _reader.ReadUInt16BigEndian();
                break;
            case App1 when _orientation == 0:
                _orientation = ReadOrientation(length);
                break;
            case App2:
                _profile.Add(_reader.ReadBytes(length));
                break;
        }
    }

    private (byte Marker, long Start) ReadScan(long start, int length)
    {
        if (_frame is null)
        {
            throw ImageRejections.Corrupt("The JPEG file has pixels before its frame header.");
        }

        if (++_scans > MaxScans)
        {
            throw ImageRejections.Unsupported($"The JPEG file has more than {MaxScans} scans.");
        }

        if (!_hasTables)
        {
            _hasTables = true;
            _pieces.Add(JpegStandardTables.Segment);
            JpegHuffmanTable.Read(JpegStandardTables.Payload, _tables);
        }

        var header = _reader.ReadBytes(length);
        var dataStart = _reader.Position;
        _mustCount |= _frame.IsProgressive || header is not [var components, ..] || components != _frame.Components.Count;
        if (!_countsUnits)
        {
            var next = SkipEntropyCodedData();
            _entropyCodedBytes += next.Start - dataStart;
            _pieces.Keep(start, next.Start);
            return next;
        }

        var bits = new JpegBits(_reader, _dataEnd);
        var scan = new JpegScan(_frame, header, _tables, bits);
        _units += scan.Units;
        _countedUnits += scan.Count(_restartInterval);
        _isCorrupt |= bits.IsCorrupt;
        _entropyCodedBytes += bits.Position - dataStart;
        _pieces.Keep(start, bits.Position);
        return bits.Marker is 0 or (>= 0xD0 and <= 0xD7) ? SkipEntropyCodedData() : (bits.Marker, bits.Position);
    }

    /// <summary>Skips to the next marker. Skips stuffed zeros and restart markers, which mean nothing outside a scan.</summary>
    private (byte Marker, long Start) ReadMarker()
    {
        var start = _reader.Position;
        if (_reader.ReadByte() == 0xFF)
        {
            var marker = SkipFill();
            if (marker is not (<= 0x01 or (>= 0xD0 and <= 0xD7)))
            {
                return (marker, start);
            }
        }

        return SkipEntropyCodedData();
    }

    private byte SkipFill()
    {
        byte marker;
        do
        {
            marker = _reader.ReadByte();
        }
        while (marker == 0xFF);

        return marker;
    }

    /// <summary>
    /// Skips to the marker after the entropy-coded data. Within the data, 0xFF is followed by a zero (byte stuffing) or begins a restart
    /// marker.
    /// </summary>
    private (byte Marker, long Start) SkipEntropyCodedData()
    {
        while (true)
        {
            _reader.SkipPast(0xFF);
            var marker = SkipFill();
            if (marker is not (<= 0x01 or (>= 0xD0 and <= 0xD7)))
            {
                return (marker, _reader.Position - 2);
            }
        }
    }

    /// <returns>1 to 8, or 0 when the segment is not an EXIF block. XMP segments have the same marker.</returns>
    private int ReadOrientation(int length)
    {
        var segment = _reader.ReadBytes(length);
        return segment.AsSpan().StartsWith(ExifOrientation.Prefix) ? ExifOrientation.Read(segment) : 0;
    }
}
