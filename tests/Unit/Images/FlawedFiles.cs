using System.Buffers.Binary;
using ServerlessScale.Bench.Images.Files;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>The files in the folder Flawed, and the sound files that look the same.</summary>
internal static class FlawedFiles
{
    private const int PngHeaderEnd = 33;

    public static byte[] Read(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Images", "Flawed", name));

    /// <summary>Returns each file that is complete, with the sound file that must look the same.</summary>
    public static IReadOnlyDictionary<string, Func<byte[], byte[]>> Sound { get; } = new Dictionary<string, Func<byte[], byte[]>>
    {
        ["jpeg-mjpeg-frame-without-dht.jpg"] = WithTables,
        ["jpeg-complete-but-no-eoi.jpg"] = _ => Read("reference-good.jpg"),
        ["jpeg-no-eoi-zero-padded.jpg"] = _ => Read("reference-good.jpg"),
        ["jpeg-4-zero-bytes-between-segments.jpg"] = _ => Read("reference-good.jpg"),
        ["jpeg-pixel-phone-00E1-segment.jpg"] = _ => Read("reference-good.jpg"),
        ["jpeg-cmyk-with-rgb-icc.jpg"] = file => WithoutSegment(file, 0xE2),
        ["png-first-idat-empty.png"] = file => [.. file[..PngHeaderEnd], .. file[(PngHeaderEnd + 12)..]],
        ["png-complete-but-no-iend.png"] = file => [.. file, .. HandMadePng.End],
        ["gif-no-trailer.gif"] = file => [.. file, 0x3B],
        ["gif-unknown-block-after-first-frame.gif"] = file => [.. file[..^3], 0x3B],
        ["gif-screen-0x0.gif"] = file => [.. file[..6], 64, 0, 48, 0, .. file[10..]],
        ["webp-exif-chunk-length-wrong.webp"] = OnlyImageOfWebp,
    };

    public static byte[] WithoutSegment(byte[] jpeg, byte marker)
    {
        var start = jpeg.AsSpan().IndexOf([(byte)0xFF, marker]);
        return [.. jpeg[..start], .. jpeg[(start + 2 + BinaryPrimitives.ReadUInt16BigEndian(jpeg.AsSpan(start + 2)))..]];
    }

    /// <summary>Inserts the Huffman tables of the sound file, which are the typical ones.</summary>
    private static byte[] WithTables(byte[] jpeg)
    {
        var sound = Read("reference-good.jpg");
        var scan = Scan(jpeg);
        return [.. jpeg[..scan], .. sound[sound.AsSpan().IndexOf([(byte)0xFF, (byte)0xC4])..Scan(sound)], .. jpeg[scan..]];
    }

    private static int Scan(byte[] jpeg) => jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xDA]);

    private static byte[] OnlyImageOfWebp(byte[] file)
    {
        var start = file.AsSpan().IndexOf("VP8 "u8);
        var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(start + 4));
        return HandMadeWebp.Chunk("RIFF", [.. "WEBP"u8, .. file[start..(start + 8 + length + (length & 1))]]);
    }
}
