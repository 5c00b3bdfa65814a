using ServerlessScale.Bench.Images.Files;
using static ServerlessScale.Bench.Images.Fuzz.HostileFile;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>GIF files with hostile sizes, frames and pixel data (GIF89a sections 18 to 26 and appendix F).</summary>
internal static class HostileGifs
{
    private static readonly byte[] Pixel = [2, 2, 0x44, 0x01, 0];

    public static IEnumerable<HostileFile> All()
    {
        foreach (var (width, height) in ((ushort, ushort)[])[(0, 0), (65_535, 65_535), (65_535, 1), (7_071, 7_071), (1, 65_535)])
        {
            yield return new($"gif: a screen of {width} x {height} pixels", () => Gif(width, height, Frame(0, 0, 1, 1, Pixel)));
            yield return new($"gif: a frame of {width} x {height} pixels", () => Gif(1, 1, Frame(0, 0, width, height, Pixel)));
        }

        for (var size = 0; size <= 16; size++)
        {
            var bits = (byte)(size == 16 ? 255 : size);
            yield return new($"gif: codes of {bits} bits", () => Gif(8, 8, Frame(0, 0, 8, 8, [bits, 4, 0x04, 0x8F, 0x33, 0x00, 0])));
        }

        yield return new("gif: 100,000 frames", () => HandMadeGif.OnePixelFrames(100_000));
        yield return new("gif: 1,000 frames", () => HandMadeGif.OnePixelFrames(1_000));
        yield return new("gif: no frame", () => Gif(1, 1));
        yield return new("gif: a frame far beyond the screen", () => Gif(8, 8, Frame(65_535, 65_535, 1, 1, Pixel)));
        yield return new("gif: frames that are each 65,535 x 65,535", () => Gif(4, 4, Frame(0, 0, 1, 1, Pixel), Frame(0, 0, 65_535, 65_535, Pixel)));
        yield return new("gif: codes beyond the table", () => Gif(8, 8, Frame(0, 0, 8, 8, [8, 250, .. Flood([0xFF], 250), 0])));
        yield return new("gif: 4 MB of clear codes", () => Gif(100, 100, Frame(0, 0, 100, 100, [2, .. Flood([255, .. Flood([0x24, 0x49, 0x92], 255)], 4_000_000), 0])));
        yield return new("gif: 4 MB of empty frames' ends", () => Gif(100, 100, Frame(0, 0, 100, 100, [2, .. Flood([255, .. Flood([0x6D, 0xDB, 0xB6], 255)], 4_000_000), 0])));
        yield return new("gif: 49 megapixels of zeros", () => Gif(7_000, 7_000, Frame(0, 0, 7_000, 7_000, Zeros(49_000_000))));
        yield return new("gif: interlaced, 49 megapixels of zeros", () => Gif(7_000, 7_000, Frame(0, 0, 7_000, 7_000, Zeros(49_000_000), 0x40)));
        yield return new("gif: pixel data that never ends", () => Gif(100, 100, Frame(0, 0, 100, 100, [2, 255, .. new byte[100]])));
        yield return new("gif: no pixel data", () => Gif(8, 8, Frame(0, 0, 8, 8, [2, 0])));
        yield return new("gif: blocks of one byte", () => Gif(500, 500, Frame(0, 0, 500, 500, [8, .. Flood([1, 0x55], 500_000), 0])));
        yield return new("gif: 8 MB of comments", () => Gif(1, 1, [0x21, 0xFE, .. Flood([1, 0x2C], 8_000_000), 0, .. Frame(0, 0, 1, 1, Pixel)]));
        yield return new("gif: 1,000,000 empty comments", () => Gif(1, 1, [.. Flood([0x21, 0xFE, 0], 3_000_000), .. Frame(0, 0, 1, 1, Pixel)]));
        yield return new("gif: 100,000 control blocks", () => Gif(1, 1, [.. Flood([0x21, 0xF9, 4, 5, 0, 0, 0, 0], 800_000), .. Frame(0, 0, 1, 1, Pixel)]));
        yield return new("gif: an unknown block", () => Gif(1, 1, [0x55], Frame(0, 0, 1, 1, Pixel)));
        yield return new("gif: a palette that is cut off", () => [.. "GIF89a"u8, 1, 0, 1, 0, 0x87, 0, 0, 1, 2, 3]);
        yield return new("gif: no palette", () => [.. "GIF89a"u8, 1, 0, 1, 0, 0, 0, 0, .. Frame(0, 0, 1, 1, Pixel), 0x3B]);
        yield return new("gif: a transparent colour and a background beyond the palette", () => [.. "GIF89a"u8, 2, 0, 2, 0, 0x80, 255, 0, .. new byte[6], 0x21, 0xF9, 4, 1, 0, 0, 255, 0, .. Frame(0, 0, 1, 1, Pixel), 0x3B]);
    }

    private static byte[] Gif(ushort width, ushort height, params byte[][] blocks) =>
        [.. "GIF89a"u8, .. LittleEndian(width), .. LittleEndian(height), 0x80, 0, 0, 200, 30, 30, 255, 255, 255, .. blocks.SelectMany(block => block), 0x3B];

    private static byte[] Frame(ushort x, ushort y, ushort width, ushort height, byte[] data, byte flags = 0) =>
        [0x2C, .. LittleEndian(x), .. LittleEndian(y), .. LittleEndian(width), .. LittleEndian(height), flags, .. data];

    /// <summary>
    /// Encodes zeros with the longest strings that LZW can build. Each code adds one more zero than the code before, up to 4,096 codes. Then
    /// the table is cleared.
    /// </summary>
    private static byte[] Zeros(int count)
    {
        const int Clear = 4;
        var (bits, used, buffer) = (new List<byte>(), 0, 0);
        for (var written = 0; written < count;)
        {
            Write(Clear, 3);
            Write(0, 3);
            written++;
            var (size, next) = (3, 6);
            for (var length = 2; next < 4_096 && written < count; length++, next++)
            {
                Write(next, next == 1 << size ? ++size : size);
                written += length;
            }
        }

        Write(Clear + 1, 12);
        Write(0, 7);
        return [2, .. bits.Chunk(255).SelectMany(block => (byte[])[(byte)block.Length, .. block]), 0];

        void Write(int code, int size)
        {
            buffer |= code << used;
            for (used += size; used >= 8; used -= 8)
            {
                bits.Add((byte)buffer);
                buffer >>= 8;
            }
        }
    }
}
