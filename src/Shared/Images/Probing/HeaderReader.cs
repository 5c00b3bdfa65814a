using System.Buffers.Binary;
using System.Globalization;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Reads a seekable stream forward through a small buffer. Reading or skipping past the end throws an <see cref="ImageRejectedException"/>
/// with the code <c>image-truncated</c>. A skip beyond the buffer seeks in the stream instead of reading the skipped bytes.
/// </summary>
/// <param name="stream">The file.</param>
/// <param name="format">The name of the format for error messages, e.g. <c>PNG</c>.</param>
internal sealed class HeaderReader(Stream stream, string format)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The name of the format for error messages.</summary>
    public string Format => format;

    public long Length { get; } = stream.Length;

    public long Position { get; private set; } = stream.Position;

    public long Remaining => Length - Position;

    public byte ReadByte()
    {
        if (_start == _end && !Fill())
        {
            throw EndOfFile();
        }

        Position++;
        return _buffer[_start++];
    }

    /// <summary>Reads until <paramref name="destination"/> is full.</summary>
    public void Read(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            if (_start == _end && !Fill())
            {
                throw EndOfFile();
            }

            var count = Math.Min(destination.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(destination);
            destination = destination[count..];
            _start += count;
            Position += count;
        }
    }

    /// <summary>
    /// Reads bytes into a new array. The caller must limit <paramref name="count"/>, because the value often comes from the untrusted file.
    /// </summary>
    public byte[] ReadBytes(int count)
    {
        if (count > Remaining)
        {
            throw EndOfFile();
        }

        var bytes = new byte[count];
        Read(bytes);
        return bytes;
    }

    public int ReadUInt16BigEndian()
    {
        Span<byte> bytes = stackalloc byte[2];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    public int ReadUInt16LittleEndian()
    {
        Span<byte> bytes = stackalloc byte[2];
        Read(bytes);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public int ReadUInt24LittleEndian() => ReadUInt16LittleEndian() | (ReadByte() << 16);

    public uint ReadUInt32BigEndian()
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public uint ReadUInt32LittleEndian()
    {
        Span<byte> bytes = stackalloc byte[4];
        Read(bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    /// <summary>Reads a value without moving on. The caller must check that the file is long enough.</summary>
    /// <param name="offset">The distance of the value from <see cref="Position"/>.</param>
    public uint PeekUInt32LittleEndian(int offset)
    {
        if (_end - _start < offset + 4)
        {
            Refill();
            Fill();
        }

        return _end - _start < offset + 4 ? throw EndOfFile() : BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start + offset));
    }

    public void Skip(long count)
    {
        if (count > Remaining)
        {
            throw EndOfFile();
        }

        Position += count;
        if (count <= _end - _start)
        {
            _start += (int)count;
        }
        else
        {
            _start = _end = 0;
            stream.Position = Position;
        }
    }

    /// <summary>Skips to the byte after the next <paramref name="value"/>.</summary>
    public void SkipPast(byte value)
    {
        while (true)
        {
            if (_start == _end && !Fill())
            {
                throw EndOfFile();
            }

            var found = _buffer.AsSpan(_start, _end - _start).IndexOf(value);
            var count = found < 0 ? _end - _start : found + 1;
            _start += count;
            Position += count;
            if (found >= 0)
            {
                return;
            }
        }
    }

    /// <summary>Continues at <see cref="Position"/> after the caller has moved the stream.</summary>
    public void Refill()
    {
        _start = _end = 0;
        stream.Position = Position;
    }

    private ImageRejectedException EndOfFile() =>
        ImageRejections.Truncated(format, string.Create(CultureInfo.InvariantCulture, $"it ends after {Length} bytes"));

    private bool Fill()
    {
        _start = 0;
        _end = stream.Read(_buffer);
        return _end > 0;
    }
}
