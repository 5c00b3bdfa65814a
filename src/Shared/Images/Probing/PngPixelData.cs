using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Counts the bytes of a PNG file's decompressed pixel data. The count is needed because ImageSharp leaves missing rows transparent and
/// would accept a truncated image. On a truncated interlaced image, ImageSharp loops forever.
/// </summary>
internal static class PngPixelData
{
    private const int ChunkHeaderLength = 8;

    /// <summary>
    /// The first pixel of each Adam7 pass and the distances between the pixels of the pass (W3C PNG Third Edition, section 8.1).
    /// </summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <param name="png">A file that <see cref="PngHeader"/> has accepted, or whose pixel data chunks are cut off.</param>
    /// <returns>The share of the decompressed bytes that is there, from 0 to 1. Damaged data counts up to the damage.</returns>
    public static double PresentShare(Stream png)
    {
        png.Position = PngHeader.SignatureLength;
        var reader = new HeaderReader(png, "PNG");
        var compressed = new MemoryStream();
        var expected = 0L;
        while (reader.Remaining > ChunkHeaderLength)
        {
            long length = reader.ReadUInt32BigEndian();
            var type = reader.ReadUInt32BigEndian();
            if (type == PngHeader.Iend)
            {
                break;
            }

            length = Math.Min(length, reader.Remaining);
            if (type == PngHeader.Ihdr)
            {
                expected = RawLength(reader.ReadBytes((int)length));
            }
            else if (type == PngHeader.Idat)
            {
                compressed.Write(reader.ReadBytes((int)length));
            }
            else
            {
                reader.Skip(length);
            }

            reader.Skip(Math.Min(PngHeader.CrcLength, reader.Remaining));
        }

        compressed.Position = 0;
        return (expected - Missing(expected, compressed)) / (double)expected;
    }

    /// <summary>Compresses the pixel data again, with a checksum.</summary>
    /// <param name="compressed">Data in which no pixel is missing.</param>
    /// <param name="length">The number of decompressed bytes.</param>
    public static MemoryStream Recompress(MemoryStream compressed, long length)
    {
        compressed.Position = 0;
        using var inflate = new ZLibStream(compressed, CompressionMode.Decompress);
        var result = new MemoryStream();
        using var deflate = new ZLibStream(result, CompressionLevel.Fastest, leaveOpen: true);
        var buffer = new byte[64 * 1024];
        while (length > 0)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(length, buffer.Length));
            var read = inflate.Read(part);
            if (read == 0)
            {
                break;
            }

            deflate.Write(part[..read]);
            length -= read;
        }

        deflate.Dispose();
        return result;
    }

    private static long Missing(long length, Stream compressed)
    {
        using var inflate = new ZLibStream(compressed, CompressionMode.Decompress);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var read = 1;
            while (length > 0 && read > 0)
            {
                read = inflate.Read(buffer);
                length -= read;
            }
        }
        catch (InvalidDataException)
        {
            // The data is cut off or damaged here.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Math.Max(0, length);
    }

    /// <summary>Returns the number of decompressed bytes.</summary>
    /// <param name="ihdr">The payload of the header chunk.</param>
    public static long RawLength(ReadOnlySpan<byte> ihdr)
    {
        var width = BinaryPrimitives.ReadInt32BigEndian(ihdr);
        var height = BinaryPrimitives.ReadInt32BigEndian(ihdr[4..]);
        var channels = ihdr[9] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        var bitsPerPixel = channels * ihdr[8];
        return ihdr[12] == 0
            ? PassLength(width, height, bitsPerPixel)
            : Adam7.Sum(pass => PassLength(Steps(width, pass.X, pass.StepX), Steps(height, pass.Y, pass.StepY), bitsPerPixel));
    }

    private static long Steps(int side, int start, int step) => Math.Max(0, (side - start + step - 1) / step);

    /// <summary>Returns the number of bytes in a pass. Each row begins with a filter byte. A pass without columns has no rows.</summary>
    private static long PassLength(long columns, long rows, int bitsPerPixel) =>
        columns == 0 ? 0 : rows * (1 + (((columns * bitsPerPixel) + 7) / 8));
}
