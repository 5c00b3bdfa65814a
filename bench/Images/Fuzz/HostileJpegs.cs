using ServerlessScale.Bench.Images.Files;
using static ServerlessScale.Bench.Images.Fuzz.HostileFile;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>JPEG files with hostile frames, tables and scans (ITU-T T.81 annex B).</summary>
internal static class HostileJpegs
{
    private static readonly byte[] Sound = HandMadeJpeg.Solid(90, 120, 200);

    public static IEnumerable<HostileFile> All()
    {
        foreach (var (width, height) in ((ushort, ushort)[])[(0, 8), (8, 0), (65_535, 65_535), (65_500, 762), (762, 65_500), (7_071, 7_071), (65_535, 1), (1, 65_535)])
        {
            yield return new($"jpeg: claims {width} x {height} pixels", () => WithFrame(0xC0, 8, width, height, [0x11, 0x11, 0x11]));
            yield return new($"jpeg: progressive, claims {width} x {height} pixels", () => WithFrame(0xC2, 8, width, height, [0x11, 0x11, 0x11]));
        }

        for (byte type = 0xC0; type <= 0xCF; type++)
        {
            var marker = type;
            yield return new($"jpeg: frame type {type:X2}", () => WithFrame(marker, 8, 8, 8, [0x11, 0x11, 0x11]));
        }

        foreach (var factors in (byte[][])[[0, 0x11, 0x11], [0x00, 0, 0], [0xFF, 0x11, 0x11], [0x44, 0x44, 0x44], [0x41, 0x14, 0x22], [0x31, 0x13, 0x11], [0x11, 0x22, 0x44], [0x12, 0x21, 0x11], [0x44, 0x11, 0x11]])
        {
            yield return new($"jpeg: sampling factors {Convert.ToHexString(factors)}", () => WithFrame(0xC0, 8, 32, 32, factors));
            yield return new($"jpeg: 60,000 pixels wide, sampling factors {Convert.ToHexString(factors)}", () => WithFrame(0xC2, 8, 60_000, 8, factors));
        }

        foreach (var components in (int[])[0, 1, 2, 4, 5, 10, 255])
        {
            yield return new($"jpeg: {components} components", () => WithFrame(0xC0, 8, 8, 8, Flood([0x11], Math.Max(1, components))[..components]));
        }

        foreach (var precision in (byte[])[0, 1, 12, 16, 255])
        {
            yield return new($"jpeg: {precision} bits per sample", () => WithFrame(0xC0, precision, 8, 8, [0x11, 0x11, 0x11]));
        }

        foreach (var file in Tables().Concat(Scans()).Concat(Structure()))
        {
            yield return file;
        }
    }

    private static IEnumerable<HostileFile> Tables()
    {
        foreach (var (name, counts) in ((string, byte[])[])[("no", new byte[16]), ("255 of each length", Flood([255], 16)), ("too many short", [3, .. new byte[15]]), ("only the longest", [.. new byte[15], 200])])
        {
            yield return new($"jpeg: a Huffman table with {name} codes", () => Before(0xDA, 0xC4, [0x00, .. counts, .. new byte[Math.Min(4096, counts.Sum(count => count))]]));
        }

        yield return new("jpeg: a Huffman table with categories above 16", () => Before(0xDA, 0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], .. Flood([0xFF], 12)]));
        yield return new("jpeg: a Huffman table with number 15", () => Before(0xDA, 0xC4, [0x1F, 1, .. new byte[15], 0]));
        yield return new("jpeg: a Huffman table that is cut off", () => Before(0xDA, 0xC4, [0x00, 1, 2]));
        yield return new("jpeg: 3,000 Huffman tables", () => Before(0xDA, [.. Enumerable.Repeat(Segment(0xC4, [0x00, 0, 0, 0, 12, .. new byte[12], .. Enumerable.Range(0, 12).Select(i => (byte)i)]), 3_000).SelectMany(segment => segment)]));
        yield return new("jpeg: a quantization table of zeros", () => Before(0xC0, 0xDB, new byte[65]));
        yield return new("jpeg: a quantization table with number 15", () => Before(0xC0, 0xDB, [0x0F, .. new byte[64]]));
        yield return new("jpeg: a quantization table that is cut off", () => Before(0xC0, 0xDB, [0x10, 1, 2]));
        yield return new("jpeg: no quantization table", () => Without(0xDB));
        yield return new("jpeg: no Huffman tables", () => Without(0xC4));
        yield return new("jpeg: arithmetic conditioning", () => Before(0xDA, 0xCC, [0, 255]));
        yield return new("jpeg: a height given after the scan", () => [.. WithFrame(0xC0, 8, 8, 0, [0x11, 0x11, 0x11])[..^2], .. Segment(0xDC, [0xFF, 0xFF]), 0xFF, 0xD9]);
        yield return new("jpeg: a restart after each unit", () => Before(0xDA, 0xDD, [0, 1]));
        yield return new("jpeg: a restart interval of 65,535", () => Before(0xDA, 0xDD, [255, 255]));
    }

    private static IEnumerable<HostileFile> Scans()
    {
        var scan = Sound[Position(0xDA)..^2];
        yield return new("jpeg: 5,000 scans", () => [.. Sound[..^2], .. Flood(scan, scan.Length * 5_000), 0xFF, 0xD9]);
        yield return new("jpeg: progressive with 5,000 scans", () => [.. WithFrame(0xC2, 8, 8, 8, [0x11, 0x11, 0x11])[..^2], .. Flood(scan, scan.Length * 5_000), 0xFF, 0xD9]);
        foreach (var (name, end) in ((string, byte[])[])[("63 to 0", [63, 0, 0]), ("0 to 255", [0, 255, 0]), ("of bit 15", [0, 0, 0xFF]), ("of AC without DC", [1, 63, 0]), ("of bit 13 after bit 1", [0, 0, 0x1D])])
        {
            yield return new($"jpeg: a progressive scan {name}", () => Progressive(end));
        }

        foreach (var count in (byte[])[0, 1, 4, 5, 255])
        {
            yield return new($"jpeg: a scan of {count} components", () => WithScan([count, .. Flood([1, 0], 2 * Math.Max((byte)1, count))[..(2 * count)], 0, 63, 0]));
        }

        yield return new("jpeg: a scan of an unknown component", () => WithScan([3, 9, 0, 9, 0, 9, 0, 0, 63, 0]));
        yield return new("jpeg: a scan with Huffman tables 15", () => WithScan([3, 1, 0xFF, 2, 0xFF, 3, 0xFF, 0, 63, 0]));
        yield return new("jpeg: 1 MB of restart markers", () => [.. Sound[..^2], .. Flood([0xFF, 0xD0, 0xFF, 0xD5], 1_000_000), 0xFF, 0xD9]);
        yield return new("jpeg: 2 MB of ones in the scan", () => [.. WithFrame(0xC0, 8, 4096, 4096, [0x11, 0x11, 0x11])[..^2], .. Flood([0xFF, 0x00], 2_000_000), 0xFF, 0xD9]);
        yield return new("jpeg: 8 MB of fill bytes", () => [.. Sound[..2], .. Flood([0xFF], 8_000_000), .. Sound[2..]]);
        yield return new("jpeg: 8 MB of zeros between segments", () => [.. Sound[..2], .. new byte[8_000_000], .. Sound[2..]]);
        yield return new("jpeg: 8 MB of empty segments", () => [.. Sound[..2], .. Flood([0xFF, 0xE5, 0, 2], 8_000_000), .. Sound[2..]]);
    }

    private static IEnumerable<HostileFile> Structure()
    {
        yield return new("jpeg: two frames", () => Before(0xDA, 0xC0, [8, 255, 255, 255, 255, 1, 1, 0x11, 0]));
        yield return new("jpeg: no frame", () => Without(0xC0));
        yield return new("jpeg: no scan", () => [.. Sound[..Position(0xDA)], 0xFF, 0xD9]);
        yield return new("jpeg: a picture within the picture", () => [.. Sound[..2], .. Sound[2..^2], .. Sound]);
        yield return new("jpeg: a segment of length 0", () => [.. Sound[..2], 0xFF, 0xE0, 0, 0, .. Sound[2..]]);
        yield return new("jpeg: a segment longer than the file", () => [.. Sound[..2], 0xFF, 0xE0, 255, 255, .. Sound[2..]]);
        yield return new("jpeg: a thumbnail of 255 x 255 pixels without pixels", () => [.. Sound[..2], .. Segment(0xE0, [.. "JFIF\0"u8, 1, 2, 0, 0, 1, 0, 1, 255, 255]), .. Sound[2..]]);
        yield return new("jpeg: an unknown Adobe transform", () => [.. Sound[..2], .. Segment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 255]), .. Sound[2..]]);
        yield return new("jpeg: only markers", () => [0xFF, 0xD8, .. Enumerable.Range(0x01, 0xFE).SelectMany(marker => (byte[])[0xFF, (byte)marker])]);
    }

    internal static byte[] Segment(byte marker, byte[] payload)
    {
        var segment = new List<byte>();
        HandMadeJpeg.Segment(segment, marker, payload);
        return [.. segment];
    }

    private static int Position(byte marker) => Sound.AsSpan().IndexOf([(byte)0xFF, marker]);

    private static byte[] Before(byte next, byte marker, byte[] payload) => Before(next, Segment(marker, payload));

    private static byte[] Before(byte next, byte[] segments) => [.. Sound[..Position(next)], .. segments, .. Sound[Position(next)..]];

    private static byte[] Without(byte marker)
    {
        var file = Sound;
        for (var at = file.AsSpan().IndexOf([(byte)0xFF, marker]); at >= 0; at = file.AsSpan().IndexOf([(byte)0xFF, marker]))
        {
            file = [.. file[..at], .. file[(at + 2 + (file[at + 2] << 8) + file[at + 3])..]];
        }

        return file;
    }

    private static byte[] WithFrame(byte marker, byte precision, ushort width, ushort height, byte[] factors)
    {
        byte[] payload = [precision, .. BigEndian(height), .. BigEndian(width), (byte)factors.Length, .. factors.SelectMany((factor, i) => (byte[])[(byte)(i + 1), factor, 0])];
        var start = Position(0xC0);
        return [.. Sound[..start], .. Segment(marker, payload), .. Sound[(start + 2 + (Sound[start + 2] << 8) + Sound[start + 3])..]];
    }

    private static byte[] WithScan(byte[] header)
    {
        var start = Position(0xDA);
        return [.. Sound[..start], .. Segment(0xDA, header), .. Sound[(start + 2 + (Sound[start + 2] << 8) + Sound[start + 3])..]];
    }

    private static byte[] Progressive(byte[] end)
    {
        var file = WithFrame(0xC2, 8, 8, 8, [0x11, 0x11, 0x11]);
        var start = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);
        end.CopyTo(file, start + 4 + 7);
        return file;
    }
}
