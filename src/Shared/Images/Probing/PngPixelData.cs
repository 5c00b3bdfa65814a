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
    /// <summary>
    /// The first pixel of each Adam7 pass and the distances between the pixels of the pass (W3C PNG Third Edition, section 8.1).
    /// </summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <param name="png">A file that <see cref="PngHeader"/> has accepted. Its chunk lengths are not checked again.</param>
    /// <exception cref="InvalidDataException">The compressed data is corrupt.</exception>
    public static bool IsComplete(Stream png)
    {
        png.Position = PngHeader.SignatureLength;
        var reader = new HeaderReader(png, "PNG");
        var compressed = new MemoryStream();
        var missing = 0L;
        while (true)
        {
            var length = (int)reader.ReadUInt32BigEndian();
            var type = reader.ReadUInt32BigEndian();

            // ImageSharp treats an empty IDAT chunk as the end of the data, so the count must also end there.
            if (type == PngHeader.Iend || (type == PngHeader.Idat && length == 0))
            {
                break;
            }

            if (type == PngHeader.Ihdr)
            {
                missing = RawLength(reader.ReadBytes(length));
            }
            else if (type == PngHeader.Idat)
            {
                compressed.Write(reader.ReadBytes(length));
            }
            else
            {
                reader.Skip(length);
            }

            reader.Skip(PngHeader.CrcLength);
        }

        compressed.Position = 0;
        return InflatesTo(missing, compressed);
    }

    private static bool InflatesTo(long length, Stream compressed)
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

            return length <= 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static long RawLength(ReadOnlySpan<byte> ihdr)
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
