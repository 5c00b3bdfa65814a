using System.IO.Compression;
using ServerlessScale.Bench.Images.Files;
using static ServerlessScale.Bench.Images.Fuzz.HostileFile;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>PNG files with hostile headers and pixel data (W3C PNG sections 11.2.1, 10 and 9).</summary>
internal static class HostilePngs
{
    private static readonly (uint Width, uint Height)[] Sizes =
    [
        (0, 0), (0, 10), (10, 0), (50_000, 50_000), (65_535, 65_535), (65_536, 1), (1, 65_536), (int.MaxValue, 1), (1, int.MaxValue),
        (uint.MaxValue, uint.MaxValue), (0x8000_0000, 1), (46_341, 46_341), (7_072, 7_072),
    ];

    public static IEnumerable<HostileFile> All()
    {
        foreach (var (width, height) in Sizes)
        {
            yield return new($"png: claims {width} x {height} pixels", () => Png(HandMadePng.Header(width, height), HandMadePng.Data([0, 1, 2, 3])));
        }

        for (byte depth = 0; depth <= 32; depth = depth == 0 ? (byte)1 : (byte)(depth * 2))
        {
            for (byte type = 0; type < 8; type++)
            {
                var (bits, colours) = (depth, type);
                yield return new($"png: {depth} bits with colour type {type}", () => Png(HandMadePng.Header(5, 3, bits, colours), HandMadePng.Data(new byte[500])));
            }
        }

        foreach (var file in Interlaced().Concat(Compressed()))
        {
            yield return file;
        }

        yield return new("png: two headers", () => Png(HandMadePng.Header(1, 1), HandMadePng.Header(60_000, 60_000), HandMadePng.Data([0, 1, 2, 3])));
        yield return new("png: a header of 12 bytes", () => Png(HandMadePng.Chunk("IHDR", new byte[12]), HandMadePng.Data([0, 1, 2, 3])));
        yield return new("png: no header", () => Png(HandMadePng.Data([0, 1, 2, 3])));
        yield return new("png: ends before it begins", () => HandMadePng.File(HandMadePng.End, HandMadePng.Header(1, 1), HandMadePng.Data([0, 1, 2, 3])));
        yield return new("png: a chunk longer than the file", () => [.. Png(HandMadePng.Header(1, 1))[..^12], .. BigEndian(0x7FFF_FFFF), .. "IDAT"u8]);
        yield return new("png: a chunk of negative length", () => [.. Png(HandMadePng.Header(1, 1))[..^12], .. BigEndian(uint.MaxValue), .. "tEXt"u8, 1, 2, 3]);
        yield return new("png: an unknown critical chunk", () => Png(HandMadePng.Header(1, 1), HandMadePng.Chunk("ABCD", [1]), HandMadePng.Data([0, 1, 2, 3])));
    }

    internal static byte[] Png(params byte[][] chunks) => HandMadePng.File([.. chunks, HandMadePng.End]);

    private static IEnumerable<HostileFile> Interlaced()
    {
        for (uint width = 1; width <= 5; width++)
        {
            foreach (var height in (uint[])[1, 2, 5])
            {
                var (w, h) = (width, height);
                yield return new($"png: interlaced, {w} x {h} pixels", () => HandMadePng.Interlaced((int)w, (int)h));
                yield return new($"png: interlaced, {w} x {h} pixels, without pixel data", () => Png(HandMadePng.Header(w, h, interlace: 1), HandMadePng.Data([])));
            }
        }

        yield return new("png: interlaced, 50 megapixels of zeros", () => Zeros(7071, 7071, bytesPerPixel: 3, depth: 8, type: 2, interlace: 1));
        yield return new("png: interlaced, 49 megapixels with 64 bits", () => Zeros(7000, 7000, bytesPerPixel: 8, depth: 16, type: 6, interlace: 1));
        yield return new("png: an unknown interlacing", () => Png(HandMadePng.Header(4, 4, interlace: 2), HandMadePng.Data(new byte[100])));
    }

    private static IEnumerable<HostileFile> Compressed()
    {
        yield return new("png: 50 megapixels of zeros", () => Zeros(7071, 7071, bytesPerPixel: 3, depth: 8, type: 2, interlace: 0));
        yield return new("png: 49 megapixels with 64 bits", () => Zeros(7000, 7000, bytesPerPixel: 8, depth: 16, type: 6, interlace: 0));
        yield return new("png: 65,535 x 760 pixels", () => Zeros(65_535, 760, bytesPerPixel: 3, depth: 8, type: 2, interlace: 0));
        yield return new("png: 760 x 65,535 pixels", () => Zeros(760, 65_535, bytesPerPixel: 3, depth: 8, type: 2, interlace: 0));
        yield return new("png: one pixel, but 200 MB of pixel data", () => Png(HandMadePng.Header(1, 1), HandMadePng.Data(new byte[200_000_000])));
        yield return new("png: no pixel data", () => Png(HandMadePng.Header(9, 9)));
        yield return new("png: 100,000 empty data chunks", () => [.. Png(HandMadePng.Header(1, 1))[..^12], .. Flood(HandMadePng.Chunk("IDAT", []), 1_200_000), .. HandMadePng.Data([0, 1, 2, 3]), .. HandMadePng.End]);
        yield return new("png: a data chunk per byte", () => Png([HandMadePng.Header(64, 64), .. HandMadePng.Deflate(new byte[64 * 193]).Select(value => HandMadePng.Chunk("IDAT", [value]))]));
        yield return new("png: one million empty deflate blocks", () => Png(HandMadePng.Header(8, 8), HandMadePng.Chunk("IDAT", [0x78, 0x01, .. Flood([0, 0, 0, 0xFF, 0xFF], 5_000_000)])));
        yield return new("png: pixel data of another method", () => Png(HandMadePng.Header(8, 8), HandMadePng.Chunk("IDAT", [0x79, 0x9C, .. new byte[50]])));
        yield return new("png: a wrong checksum of the pixel data", () => Png(HandMadePng.Header(1, 1), HandMadePng.Chunk("IDAT", [.. HandMadePng.Deflate([0, 1, 2, 3])[..^4], 1, 2, 3, 4])));
        for (byte filter = 0; filter < 8; filter++)
        {
            var type = filter;
            yield return new($"png: rows with filter {filter}", () => Png(HandMadePng.Header(4, 4), HandMadePng.Data([.. Enumerable.Repeat((byte[])[type, .. new byte[12]], 4).SelectMany(row => row)])));
        }
    }

    /// <summary>Builds a complete image whose pixels are all zero, so that the file is a thousandth of the decoded size.</summary>
    private static byte[] Zeros(int width, int height, int bytesPerPixel, byte depth, byte type, byte interlace)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest))
        {
            // Each row of each pass begins with a filter byte. The seven passes have fewer than twice as many rows as the image.
            var row = new byte[(width * bytesPerPixel) + 1];
            for (var y = 0; y < height; y++)
            {
                zlib.Write(row);
            }

            if (interlace == 1)
            {
                zlib.Write(new byte[2 * height + (16 * bytesPerPixel * (width + height))]);
            }
        }

        return Png(HandMadePng.Header((uint)width, (uint)height, depth, type, interlace), HandMadePng.Chunk("IDAT", compressed.ToArray()));
    }
}
