using ServerlessScale.Bench.Images.Files;
using static ServerlessScale.Bench.Images.Fuzz.HostileFile;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>WebP files with hostile containers and headers (RFC 9649 sections 2 and 3, RFC 6386 section 9).</summary>
internal static class HostileWebps
{
    public static IEnumerable<HostileFile> All()
    {
        foreach (var (width, height) in ((int, int)[])[(1, 1), (16_384, 16_384), (1 << 24, 1 << 24), (1 << 24, 1), (7_071, 7_071)])
        {
            yield return new($"webp: a canvas of {width} x {height} pixels", () => Riff(Canvas(0, width, height), Lossy(8, 8, new byte[40])));
            yield return new($"webp: an animation of {width} x {height} pixels", () => Riff(Canvas(2, width, height), Animation(), Frame(0, 0, width, height, Lossy(8, 8, new byte[40]))));
        }

        foreach (var (width, height) in ((int, int)[])[(0, 0), (16_383, 16_383), (16_383, 3_000), (1, 16_383), (7_000, 7_000)])
        {
            yield return new($"webp: lossy, claims {width} x {height} pixels", () => Riff(Lossy(width, height, new byte[40])));
            yield return new($"webp: lossless, claims {width} x {height} pixels", () => Riff(Lossless(Math.Max(1, width), Math.Max(1, height), new byte[40])));
        }

        foreach (var value in (byte[])[0, 0x55, 0xAA, 0xFF])
        {
            yield return new($"webp: lossy pixel data of {value:X2}", () => Riff(Lossy(400, 300, Flood([value], 5_000))));
            yield return new($"webp: lossless pixel data of {value:X2}", () => Riff(Lossless(400, 300, Flood([value], 5_000))));
            yield return new($"webp: an opacity plane of {value:X2}", () => Riff(Canvas(0x10, 400, 300), HandMadeWebp.Chunk("ALPH", Flood([value], 5_000)), Lossy(400, 300, new byte[5_000])));
        }

        foreach (var size in (uint[])[0, 1, 11, 0x7FFF_FFFF, 0xFFFF_FFFE, uint.MaxValue])
        {
            yield return new($"webp: a container of {size} bytes", () => [.. "RIFF"u8, .. BitConverter.GetBytes(size), .. "WEBP"u8, .. Lossy(8, 8, new byte[40])]);
            yield return new($"webp: a chunk of {size} bytes", () => Riff([.. "VP8 "u8, .. BitConverter.GetBytes(size), .. Lossy(8, 8, new byte[40])[8..]]));
        }

        foreach (var file in Structure())
        {
            yield return file;
        }
    }

    private static IEnumerable<HostileFile> Structure()
    {
        var still = Lossy(8, 8, new byte[40]);
        yield return new("webp: 100,000 frames", () => Riff(Canvas(2, 8, 8), Animation(), Flood(Frame(0, 0, 8, 8, still), 9_000_000)));
        yield return new("webp: 8 MB of unknown chunks", () => Riff(Canvas(0, 8, 8), Flood(HandMadeWebp.Chunk("junk", []), 8_000_000), still));
        yield return new("webp: no pixel data", () => Riff(Canvas(0, 8, 8)));
        yield return new("webp: opacity without pixel data", () => Riff(Canvas(0x10, 8, 8), HandMadeWebp.Chunk("ALPH", new byte[64])));
        yield return new("webp: opacity twice", () => Riff(Canvas(0x10, 8, 8), HandMadeWebp.Chunk("ALPH", new byte[65]), HandMadeWebp.Chunk("ALPH", new byte[65]), still));
        yield return new("webp: an animation without frames", () => Riff(Canvas(2, 8, 8), Animation()));
        yield return new("webp: a frame within a frame", () => Riff(Canvas(2, 8, 8), Animation(), Frame(0, 0, 8, 8, Frame(0, 0, 8, 8, still))));
        yield return new("webp: a frame beyond the canvas", () => Riff(Canvas(2, 8, 8), Animation(), Frame(1 << 24, 1 << 24, 8, 8, still)));
        yield return new("webp: a frame smaller than its pixels", () => Riff(Canvas(2, 8, 8), Animation(), Frame(0, 0, 1, 1, Lossy(7_000, 7_000, new byte[40]))));
        yield return new("webp: a frame that is cut off", () => Riff(Canvas(2, 8, 8), Animation(), HandMadeWebp.Chunk("ANMF", new byte[8])));
        yield return new("webp: two canvases", () => Riff(Canvas(0, 8, 8), Canvas(0, 16_384, 16_384), still));
        yield return new("webp: two pictures", () => Riff(still, Lossy(7_000, 7_000, new byte[40])));
        yield return new("webp: all flags", () => Riff(Canvas(0xFF, 8, 8), still));
        yield return new("webp: an ICC profile of 8 MB", () => Riff(Canvas(0x20, 8, 8), HandMadeWebp.Chunk("ICCP", new byte[8_000_000]), still));
        yield return new("webp: a canvas chunk that is cut off", () => Riff(HandMadeWebp.Chunk("VP8X", [0, 0]), still));
        yield return new("webp: a lossy picture without a start code", () => Riff(HandMadeWebp.Chunk("VP8 ", new byte[40])));
        yield return new("webp: an inter frame", () => Riff(HandMadeWebp.Chunk("VP8 ", [0x51, 0, 0, 0x9D, 0x01, 0x2A, 8, 0, 8, 0, .. new byte[40]])));
        yield return new("webp: a first partition larger than the file", () => Riff(HandMadeWebp.Chunk("VP8 ", [0xF0, 0xFF, 0xFF, 0x9D, 0x01, 0x2A, 8, 0, 8, 0, .. new byte[40]])));
        yield return new("webp: a lossless picture of version 7", () => Riff(HandMadeWebp.Chunk("VP8L", [0x2F, 7, 0, 0, 0xE0, .. new byte[40]])));
    }

    private static byte[] Riff(params byte[][] chunks) => HandMadeWebp.Chunk("RIFF", [.. "WEBP"u8, .. chunks.SelectMany(chunk => chunk)]);

    private static byte[] Canvas(byte flags, int width, int height) => HandMadeWebp.Chunk("VP8X", [flags, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)]);

    private static byte[] Animation() => HandMadeWebp.Chunk("ANIM", [0, 0, 0, 0, 0, 0]);

    private static byte[] Frame(int x, int y, int width, int height, byte[] chunks) =>
        HandMadeWebp.Chunk("ANMF", [.. UInt24(x / 2), .. UInt24(y / 2), .. UInt24(width - 1), .. UInt24(height - 1), .. UInt24(100), 0, .. chunks]);

    /// <summary>Builds a key frame whose header declares a first partition of half the data.</summary>
    private static byte[] Lossy(int width, int height, byte[] data)
    {
        var tag = (data.Length / 2 << 5) | 0x10;
        return HandMadeWebp.Chunk("VP8 ", [(byte)tag, (byte)(tag >> 8), (byte)(tag >> 16), 0x9D, 0x01, 0x2A, .. LittleEndian((ushort)width), .. LittleEndian((ushort)height), .. data]);
    }

    private static byte[] Lossless(int width, int height, byte[] data) =>
        HandMadeWebp.Chunk("VP8L", [0x2F, .. BitConverter.GetBytes((uint)(((width - 1) & 0x3FFF) | (((height - 1) & 0x3FFF) << 14))), .. data]);

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
}
