using System.Buffers.Binary;

namespace ServerlessScale.Bench.Images.Files;

/// <summary>Builds extended and animated WebP files (RFC 9649) from still files, because ImageSharp 2.1 cannot write them.</summary>
internal static class HandMadeWebp
{
    public static byte[] Animation(int width, int height, params (int X, int Y, byte[] Still)[] frames) =>
        Riff(
        [
            .. Chunk("VP8X", [0x12, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)]),
            .. Chunk("ANIM", [0, 0, 0, 0, 0, 0]),
            .. frames.SelectMany(frame => Chunk("ANMF", Frame(frame.X, frame.Y, frame.Still))),
        ]);

    /// <summary>Builds a still picture in the extended format, with a chunk before and a chunk after the image data.</summary>
    public static byte[] Extended(int width, int height, byte flags, byte[] still, byte[] before, byte[] after) =>
        Riff([.. Chunk("VP8X", [flags, 0, 0, 0, .. UInt24(width - 1), .. UInt24(height - 1)]), .. before, .. ImageChunks(still), .. after]);

    public static byte[] Chunk(string type, byte[] payload)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, payload.Length);
        return [.. System.Text.Encoding.ASCII.GetBytes(type), .. length, .. payload, .. new byte[payload.Length & 1]];
    }

    private static byte[] Riff(byte[] chunks) => Chunk("RIFF", [.. "WEBP"u8, .. chunks]);

    private static byte[] Frame(int x, int y, byte[] still)
    {
        using var size = SixLabors.ImageSharp.Image.Load(still);
        return [.. UInt24(x / 2), .. UInt24(y / 2), .. UInt24(size.Width - 1), .. UInt24(size.Height - 1), .. UInt24(100), 0, .. ImageChunks(still)];
    }

    /// <summary>Returns the chunks of a still file without its RIFF and VP8X headers.</summary>
    private static byte[] ImageChunks(byte[] still) => still.AsSpan(12).StartsWith("VP8X"u8) ? still[30..] : still[12..];

    private static byte[] UInt24(int value) => [(byte)value, (byte)(value >> 8), (byte)(value >> 16)];
}
