using System.Buffers.Binary;
using System.Text;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>A file that is made to harm a decoder, such as one that claims to have very many pixels.</summary>
/// <param name="Name">A name that describes the file.</param>
/// <param name="Create">Creates the file. It is created on demand, because some files have many megabytes.</param>
internal sealed record HostileFile(string Name, Func<byte[]> Create)
{
    /// <summary>All hostile files. The list and the files are the same in every process.</summary>
    public static IReadOnlyList<HostileFile> All { get; } =
        [.. HostilePngs.All(), .. HostilePngChunks.All(), .. HostileJpegs.All(), .. HostileGifs.All(), .. HostileWebps.All(), .. HostileMetadata.All(), .. OtherFiles()];

    /// <summary>Repeats a part until the result has at least <paramref name="bytes"/> bytes.</summary>
    internal static byte[] Flood(byte[] part, int bytes)
    {
        var flood = new byte[(bytes + part.Length - 1) / part.Length * part.Length];
        for (var i = 0; i < flood.Length; i += part.Length)
        {
            part.CopyTo(flood, i);
        }

        return flood;
    }

    internal static byte[] BigEndian(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    internal static byte[] BigEndian(ushort value) => [(byte)(value >> 8), (byte)value];

    internal static byte[] LittleEndian(ushort value) => [(byte)value, (byte)(value >> 8)];

    /// <summary>Returns files of other formats, and files that consist of only a signature or a part of one.</summary>
    private static IEnumerable<HostileFile> OtherFiles()
    {
        (string Name, byte[] Start)[] formats =
        [
            ("jpeg", [0xFF, 0xD8, 0xFF]), ("png", [0x89, .. "PNG\r\n\x1a\n"u8]), ("gif", [.. "GIF89a"u8]), ("webp", [.. "RIFF\x04\0\0\0WEBP"u8]),
            ("bmp", [.. "BM"u8]), ("tiff", [.. "II*\0\x08\0\0\0"u8]), ("avif", [0, 0, 0, 28, .. "ftypavif"u8]), ("heic", [0, 0, 0, 24, .. "ftypheic"u8]),
            ("zip", [.. "PK\x03\x04"u8]), ("pdf", [.. "%PDF-1.7"u8]), ("psd", [.. "8BPS\0\x01"u8]), ("ico", [0, 0, 1, 0, 1, 0]),
            ("svg", Encoding.UTF8.GetBytes("<!DOCTYPE s [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><svg>&b;</svg>")),
        ];
        foreach (var (name, start) in formats)
        {
            yield return new($"{name}: only its signature", () => start);
            yield return new($"{name}: a signature and 4 KB of zeros", () => [.. start, .. new byte[4096]]);
        }

        yield return new("an empty file", () => []);
        yield return new("one byte", () => [0xFF]);
        yield return new("a signature cut in the middle", () => [0x89, .. "PNG"u8]);
        yield return new("8 MB of zeros", () => new byte[8_000_000]);
    }
}
