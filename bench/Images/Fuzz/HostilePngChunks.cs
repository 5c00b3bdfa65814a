using System.Text;
using ServerlessScale.Bench.Images.Files;
using static ServerlessScale.Bench.Images.Fuzz.HostileFile;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>PNG files with hostile chunks beside the pixel data (W3C PNG section 11.3).</summary>
internal static class HostilePngChunks
{
    private static readonly string[] Ancillary =
        ["acTL", "bKGD", "cHRM", "cICP", "cLLI", "eXIf", "fcTL", "fdAT", "gAMA", "hIST", "iCCP", "iTXt", "mDCV", "PLTE", "pHYs", "sBIT", "sPLT", "sRGB", "tEXt", "tIME", "tRNS", "zTXt"];

    public static IEnumerable<HostileFile> All()
    {
        foreach (var type in Ancillary)
        {
            yield return new($"png: an empty {type} chunk", () => With(HandMadePng.Chunk(type, [])));
            yield return new($"png: a {type} chunk of 255s", () => With(HandMadePng.Chunk(type, Flood([255], 1024))));
            yield return new($"png: 50,000 {type} chunks", () => With(Flood(HandMadePng.Chunk(type, new byte[9]), 1_050_000)));
        }

        yield return new("png: a palette image without a palette", () => HostilePngs.Png(HandMadePng.Header(4, 4, 8, 3), HandMadePng.Data(Flood([0, 1, 2, 3, 4], 20))));
        yield return new("png: colours beyond the palette", () => HostilePngs.Png(HandMadePng.Header(4, 4, 8, 3), HandMadePng.Chunk("PLTE", [1, 2, 3]), HandMadePng.Data(Flood([0, 255, 2, 3, 4], 20))));
        yield return new("png: a palette of 257 colours", () => HostilePngs.Png(HandMadePng.Header(4, 4, 8, 3), HandMadePng.Chunk("PLTE", new byte[771]), HandMadePng.Data(Flood([0, 1, 2, 3, 4], 20))));
        yield return new("png: transparency for more colours than the palette has", () => HostilePngs.Png(
            HandMadePng.Header(4, 4, 8, 3), HandMadePng.Chunk("PLTE", [1, 2, 3]), HandMadePng.Chunk("tRNS", new byte[256]), HandMadePng.Data(Flood([0, 0, 0, 0, 0], 20))));
        yield return new("png: an ICC profile of 300 MB", () => With(HandMadePng.IccProfile(new byte[300_000_000])));
        yield return new("png: an ICC profile with a name of 100 KB", () => With(HandMadePng.Chunk("iCCP", [.. Flood([65], 100_000), 0, 0, .. HandMadePng.Deflate(HandMadeIccProfile.DisplayP3)])));
        yield return new("png: compressed text of 300 MB", () => With(HandMadePng.Chunk("zTXt", [.. "Comment\0\0"u8, .. HandMadePng.Deflate(new byte[300_000_000])])));
        yield return new("png: compressed international text of 300 MB", () => With(HandMadePng.Chunk("iTXt", [.. "Comment\0\x01\0\0\0"u8, .. HandMadePng.Deflate(new byte[300_000_000])])));
        yield return new("png: 4 billion frames", () => With(HandMadePng.Chunk("acTL", [255, 255, 255, 255, 0, 0, 0, 0])));
        foreach (var gamma in (uint[])[0, 1, 100_000, int.MaxValue, uint.MaxValue])
        {
            yield return new($"png: a gamma of {gamma}", () => With(HandMadePng.Chunk("gAMA", BigEndian(gamma))));
        }

        foreach (var value in (uint[])[0, 1, 100_000, uint.MaxValue])
        {
            yield return new($"png: white and primaries of {value}", () => With([.. HandMadePng.Chunk("gAMA", BigEndian(45_455)), .. HandMadePng.Chunk("cHRM", [.. Enumerable.Repeat(BigEndian(value), 8).SelectMany(bytes => bytes)])]));
        }

        for (byte code = 0; code < 24; code += 3)
        {
            var (primaries, transfer) = (code, (byte)(23 - code));
            yield return new($"png: code points {primaries} and {transfer}", () => With(HandMadePng.Chunk("cICP", [primaries, transfer, 0, 1])));
        }

        yield return new("png: a keyword of 200 characters", () => With(HandMadePng.Chunk("tEXt", [.. Encoding.ASCII.GetBytes(new string('k', 200)), 0, 65])));
        yield return new("png: a chunk type of control characters", () => With([0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0]));
        yield return new("png: a wrong checksum of an ancillary chunk", () => With([.. HandMadePng.Chunk("tEXt", [65, 0, 66])[..^4], 0, 0, 0, 0]));
    }

    private static byte[] With(byte[] chunk) => HandMadePng.With(HostilePngs.Png(HandMadePng.Header(2, 2), HandMadePng.Data(Flood([0, 1, 2, 3, 4, 5, 6], 14))), chunk);
}
