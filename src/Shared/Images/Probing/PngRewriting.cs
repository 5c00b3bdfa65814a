using System.Buffers.Binary;
using System.IO.Hashing;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>Changes PNG files that a decoder would misinterpret, although they are valid or complete.</summary>
internal static class PngRewriting
{
    private const int ChunkHeaderLength = 8;

    /// <summary>
    /// Writes a file with one pixel data chunk and only the other chunks that are necessary for decoding. ImageSharp ends the pixel data at an
    /// empty chunk and cannot read a first chunk of one byte. A file that was cut off after its pixels gets its last chunk back.
    /// </summary>
    /// <param name="png">A file that <see cref="PngHeader"/> has accepted.</param>
    public static byte[] MergePixelChunks(ReadOnlySpan<byte> png)
    {
        var result = new MemoryStream(png.Length + 64);
        result.Write(png[..PngHeader.SignatureLength]);
        var pixels = new MemoryStream();
        var rawLength = 0L;
        var isCut = true;
        for (var rest = png[PngHeader.SignatureLength..]; rest.Length > ChunkHeaderLength;)
        {
            var type = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            var length = Math.Min((int)BinaryPrimitives.ReadUInt32BigEndian(rest), rest.Length - ChunkHeaderLength);
            if (type == PngHeader.Iend || (type != PngHeader.Idat && pixels.Length > 0))
            {
                isCut = false;
                break;
            }

            var whole = Math.Min(rest.Length, ChunkHeaderLength + length + PngHeader.CrcLength);
            if (type == PngHeader.Idat)
            {
                CheckCrc(rest[..whole], length);
                pixels.Write(rest.Slice(ChunkHeaderLength, length));
            }
            else if (type is PngHeader.Ihdr or PngHeader.Plte or PngHeader.Trns)
            {
                result.Write(rest[..whole]);
                rawLength = type == PngHeader.Ihdr ? PngPixelData.RawLength(rest.Slice(ChunkHeaderLength, length)) : rawLength;
            }

            rest = rest[whole..];
        }

        // libvips rejects compressed data whose checksum is cut off, so the data is compressed again.
        pixels = isCut ? PngPixelData.Recompress(pixels, rawLength) : pixels;
        WriteChunk(result, PngHeader.Idat, pixels.GetBuffer().AsSpan(0, (int)pixels.Length));
        WriteChunk(result, PngHeader.Iend, []);
        return result.ToArray();
    }

    /// <summary>
    /// Swaps the two bytes of each sample in the transparent color of a file with 16 bits per sample, because ImageSharp 2.1 reads the color
    /// in the wrong byte order.
    /// </summary>
    public static void SwapTransparentColor(Span<byte> png)
    {
        for (var rest = png[PngHeader.SignatureLength..]; rest.Length > ChunkHeaderLength;)
        {
            var type = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
            var whole = ChunkHeaderLength + BinaryPrimitives.ReadUInt32BigEndian(rest) + (long)PngHeader.CrcLength;
            if (whole > rest.Length || type == PngHeader.Idat)
            {
                return;
            }

            var chunk = rest[..(int)whole];
            if (type == PngHeader.Trns)
            {
                var samples = chunk[ChunkHeaderLength..^PngHeader.CrcLength];
                for (; samples.Length > 1; samples = samples[2..])
                {
                    (samples[0], samples[1]) = (samples[1], samples[0]);
                }

                Close(chunk);
                return;
            }

            rest = rest[(int)whole..];
        }
    }

    private static void WriteChunk(MemoryStream png, uint type, ReadOnlySpan<byte> payload)
    {
        var start = (int)png.Length;
        Span<byte> header = stackalloc byte[ChunkHeaderLength];
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], type);
        png.Write(header);
        png.Write(payload);
        png.Write(stackalloc byte[PngHeader.CrcLength]);
        Close(png.GetBuffer().AsSpan(start, (int)png.Length - start));
    }

    private static void CheckCrc(ReadOnlySpan<byte> chunk, int length)
    {
        if (chunk.Length == ChunkHeaderLength + length + PngHeader.CrcLength
            && BinaryPrimitives.ReadUInt32BigEndian(chunk[^PngHeader.CrcLength..]) != Crc32.HashToUInt32(chunk[4..^PngHeader.CrcLength]))
        {
            throw ImageRejections.Corrupt("The PNG file's pixel data has a wrong checksum.");
        }
    }

    /// <summary>Sets the length and the checksum of a chunk.</summary>
    private static void Close(Span<byte> chunk)
    {
        BinaryPrimitives.WriteInt32BigEndian(chunk, chunk.Length - ChunkHeaderLength - PngHeader.CrcLength);
        BinaryPrimitives.WriteUInt32BigEndian(chunk[^PngHeader.CrcLength..], Crc32.HashToUInt32(chunk[4..^PngHeader.CrcLength]));
    }
}
