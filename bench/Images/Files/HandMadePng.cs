using System.Buffers.Binary;
using System.IO.Compression;

namespace ServerlessScale.Bench.Images.Files;

/// <summary>Builds PNG files (W3C PNG) from arbitrary chunks with correct checksums.</summary>
internal static class HandMadePng
{
    private const int HeaderEnd = 33;

    public static byte[] File(params byte[][] chunks) => [0x89, .. "PNG\r\n\x1a\n"u8, .. chunks.SelectMany(chunk => chunk)];

    /// <summary>Inserts a chunk after the header chunk of a PNG file.</summary>
    public static byte[] With(byte[] png, byte[] chunk) => [.. png[..HeaderEnd], .. chunk, .. png[HeaderEnd..]];

    public static byte[] IccProfile(byte[] profile) => Chunk("iCCP", [.. "made by hand"u8, 0, 0, .. Deflate(profile)]);

    public static byte[] Header(uint width, uint height, byte bitDepth = 8, byte colorType = 2, byte interlace = 0)
    {
        var payload = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(payload, width);
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), height);
        payload[8] = bitDepth;
        payload[9] = colorType;
        payload[12] = interlace;
        return Chunk("IHDR", payload);
    }

    /// <summary>Builds a gray picture with the first <paramref name="passes"/> of the seven Adam7 passes (W3C PNG section 8.1).</summary>
    public static byte[] Interlaced(int width, int height, int passes = 7)
    {
        (int X, int Y, int StepX, int StepY)[] all = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
        var raw = new List<byte>();
        foreach (var (x, y, stepX, stepY) in all.Take(passes))
        {
            for (var row = y; row < height && x < width; row += stepY)
            {
                raw.AddRange([0, .. Enumerable.Repeat((byte)200, 3 * ((width - x + stepX - 1) / stepX))]);
            }
        }

        return File(Header((uint)width, (uint)height, interlace: 1), Data([.. raw]), End);
    }

    /// <summary>Builds a pixel data chunk that inflates to <paramref name="raw"/>.</summary>
    public static byte[] Data(byte[] raw) => Chunk("IDAT", Deflate(raw));

    public static byte[] End => Chunk("IEND", []);

    /// <param name="type">Four characters of Latin-1. A damaged file may contain any of them.</param>
    /// <param name="payload">The content of the chunk.</param>
    public static byte[] Chunk(string type, byte[] payload)
    {
        byte[] typed = [.. System.Text.Encoding.Latin1.GetBytes(type), .. payload];
        var chunk = new byte[payload.Length + 12];
        BinaryPrimitives.WriteInt32BigEndian(chunk, payload.Length);
        typed.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), Crc32(typed));
        return chunk;
    }

    public static byte[] Deflate(byte[] raw)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal))
        {
            zlib.Write(raw);
        }

        return compressed.ToArray();
    }

    private static uint Crc32(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
