namespace ServerlessScale.Bench.Images.Files;

/// <summary>Builds the smallest possible GIF files. Every frame is one pixel.</summary>
internal static class HandMadeGif
{
    /// <summary>A frame whose LZW data consists of the clear code, colour 0 and the end code.</summary>
    private static readonly byte[] Frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0];

    public static byte[] OnePixelFrames(int count) =>
        [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 200, 30, 30, 255, 255, 255, .. Enumerable.Repeat(Frame, count).SelectMany(frame => frame), 0x3B];
}
