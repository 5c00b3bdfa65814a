using NetVips;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Decodes the formats that ImageSharp 2.1 cannot read.</summary>
internal static class DecodedFile
{
    static DecodedFile()
    {
        // The app blocks this loader, because no client may upload AVIF.
        Operation.Block("VipsForeignLoadHeif", false);
    }

    /// <summary>Converts an AVIF file, or one frame of an animated file, to PNG.</summary>
    public static byte[] Png(byte[] file, int? frame = null)
    {
        using var image = Image.NewFromBuffer(file, strOptions: frame is { } page ? $"page={page}" : "");
        return image.PngsaveBuffer();
    }

    /// <summary>Returns the delay of each frame in milliseconds, and the number of times that the animation is shown (0: forever).</summary>
    public static (int[] Delays, int Loops) Timing(byte[] file)
    {
        using var image = Image.NewFromBuffer(file, strOptions: "n=-1");
        return ((int[])image.Get("delay"), (int)image.Get("loop"));
    }
}
