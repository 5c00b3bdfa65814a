using System.Buffers.Binary;
using ServerlessScale.Bench.Images.Files;
using static ServerlessScale.Bench.Images.Fuzz.HostileFile;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>Files of all formats with hostile ICC profiles (ICC.1:2022 section 7) and EXIF data (TIFF 6.0 section 2).</summary>
internal static class HostileMetadata
{
    private const int TagCount = 128;

    public static IEnumerable<HostileFile> All()
    {
        foreach (var (name, profile) in Profiles())
        {
            yield return new($"png: an ICC profile {name}", () => HandMadePng.With(HostilePngs.Png(HandMadePng.Header(1, 1), HandMadePng.Data([0, 200, 100, 50])), HandMadePng.IccProfile(profile())));
            yield return new($"jpeg: an ICC profile {name}", () => WithProfile(HandMadeJpeg.Solid(90, 120, 200), profile()));
            yield return new($"jpeg: CMYK, an ICC profile {name}", () => WithProfile(HandMadeJpeg.Solid(90, 120, 200, 40), profile()));
        }

        foreach (var (name, exif) in Exifs())
        {
            yield return new($"png: EXIF {name}", () => HandMadePng.With(HostilePngs.Png(HandMadePng.Header(1, 1), HandMadePng.Data([0, 200, 100, 50])), HandMadePng.Chunk("eXIf", exif())));
            yield return new($"jpeg: EXIF {name}", () => [0xFF, 0xD8, .. HostileJpegs.Segment(0xE1, [.. "Exif\0\0"u8, .. exif()[..Math.Min(exif().Length, 65_000)]]), .. HandMadeJpeg.Solid(90, 120, 200)[2..]]);
        }

        yield return new("jpeg: ICC segments with the number 0", () => [0xFF, 0xD8, .. HostileJpegs.Segment(0xE2, [.. "ICC_PROFILE\0"u8, 0, 0, 1, 2, 3]), .. HandMadeJpeg.Solid(90, 120, 200)[2..]]);
        yield return new("jpeg: the same ICC segment 2,000 times", () => [0xFF, 0xD8, .. Flood(HostileJpegs.Segment(0xE2, [.. "ICC_PROFILE\0"u8, 1, 255, .. new byte[5_000]]), 10_000_000), .. HandMadeJpeg.Solid(90, 120, 200)[2..]]);
        yield return new("jpeg: 255 ICC segments of 64 KB", () => [0xFF, 0xD8, .. Enumerable.Range(1, 255).SelectMany(i => HostileJpegs.Segment(0xE2, [.. "ICC_PROFILE\0"u8, (byte)i, 255, .. new byte[65_000]])), .. HandMadeJpeg.Solid(90, 120, 200)[2..]]);
        yield return new("jpeg: 8 MB of XMP", () => [0xFF, 0xD8, .. Flood(HostileJpegs.Segment(0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Flood("<a>"u8.ToArray(), 60_000)]), 8_000_000), .. HandMadeJpeg.Solid(90, 120, 200)[2..]]);
    }

    private static IEnumerable<(string Name, Func<byte[]> Profile)> Profiles()
    {
        yield return ("with 4 billion tags", () => Changed(HandMadeIccProfile.DisplayP3, TagCount, uint.MaxValue));
        yield return ("of a length beyond its end", () => Changed(HandMadeIccProfile.DisplayP3, 0, uint.MaxValue));
        yield return ("with a tag beyond its end", () => Changed(HandMadeIccProfile.DisplayP3, TagCount + 8, uint.MaxValue - 4));
        yield return ("with a tag of 4 GB", () => Changed(HandMadeIccProfile.DisplayP3, TagCount + 12, uint.MaxValue));
        yield return ("with a curve of 4 billion samples", () => ChangedCurve(uint.MaxValue));
        yield return ("with a curve of 0x40000000 samples", () => ChangedCurve(0x4000_0000));
        yield return ("of zeros", () => new byte[3_000]);
        yield return ("of its first 130 bytes", () => HandMadeIccProfile.DisplayP3[..130]);
        yield return ("for CMYK with an empty table", () => HandMadeIccProfile.Cmyk);
        yield return ("for CMYK with a table of 255 inputs", () => Table(inputs: 255, outputs: 255, grid: 255));
        yield return ("for CMYK with a table of 16 GB", () => Table(inputs: 4, outputs: 3, grid: 255));
        yield return ("for CMYK with a table without points", () => Table(inputs: 4, outputs: 3, grid: 0));
    }

    private static IEnumerable<(string Name, Func<byte[]> Exif)> Exifs()
    {
        static byte[] Directory(ushort count, byte[] entries, uint next = 0) =>
            [.. "MM\0*"u8, 0, 0, 0, 8, .. BigEndian(count), .. entries, .. BigEndian(next)];
        static byte[] Entry(ushort tag, ushort type, uint count, uint value) => [.. BigEndian(tag), .. BigEndian(type), .. BigEndian(count), .. BigEndian(value)];

        yield return ("whose directory refers to itself", () => Directory(1, Entry(0x8769, 4, 1, 8), next: 8));
        yield return ("with 65,535 entries, but none present", () => Directory(65_535, []));
        yield return ("with 5,000 directories in directories", () => Directory(5_000, Flood(Entry(0x8769, 4, 1, 8), 60_000)));
        yield return ("with 4 billion orientations", () => Directory(1, Entry(0x0112, 3, uint.MaxValue, 0x0006_0000)));
        yield return ("with orientation 9", () => Directory(1, Entry(0x0112, 3, 1, 0x0009_0000)));
        yield return ("with an orientation of 8 bytes beyond the end", () => Directory(1, Entry(0x0112, 12, 1, uint.MaxValue)));
        yield return ("of an unknown byte order", () => [.. "XX\0*"u8, .. new byte[40]]);
        yield return ("with a directory beyond the end", () => [.. "II*\0"u8, 0xFF, 0xFF, 0xFF, 0xFF]);
    }

    private static byte[] WithProfile(byte[] jpeg, byte[] profile) =>
        [.. jpeg[..2], .. HostileJpegs.Segment(0xE2, [.. "ICC_PROFILE\0"u8, 1, 1, .. profile[..Math.Min(profile.Length, 65_000)]]), .. jpeg[2..]];

    private static byte[] Changed(byte[] profile, int offset, uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(profile.AsSpan(offset), value);
        return profile;
    }

    private static byte[] ChangedCurve(uint samples)
    {
        var profile = HandMadeIccProfile.SampledDisplayP3;
        return Changed(profile, profile.AsSpan().IndexOf("curv"u8) + 8, samples);
    }

    /// <summary>Builds a profile for CMYK whose only table has the type <c>lut8</c> (section 10.11) and lacks most of its content.</summary>
    private static byte[] Table(byte inputs, byte outputs, byte grid)
    {
        byte[] table = [.. "mft1\0\0\0\0"u8, inputs, outputs, grid, 0, .. new byte[2_000]];
        return HandMadeIccProfile.Profile("CMYK", ("A2B0", table), ("A2B1", table));
    }
}
