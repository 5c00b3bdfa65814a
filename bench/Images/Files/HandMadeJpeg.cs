namespace ServerlessScale.Bench.Images.Files;

/// <summary>
/// Builds baseline JPEG files (ITU-T T.81) with one block of 8 x 8 pixels per component. All pixels of a block have the same value. This
/// class exists because the available encoders cannot write CMYK.
/// </summary>
internal static class HandMadeJpeg
{
    /// <param name="samples">
    /// One value from 0 to 255 per component. Four values produce CMYK in Adobe's form, where 255 means no ink.
    /// </param>
    public static byte[] Solid(params byte[] samples)
    {
        var file = new List<byte> { 0xFF, 0xD8 };
        Segment(file, 0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);

        // The DC coefficient is 8 times the difference from 128. With a quantiser of 8, the coded value is therefore the difference itself.
        Segment(file, 0xDB, [0, .. Enumerable.Repeat((byte)8, 64)]);
        Segment(file, 0xC0, [8, 0, 8, 0, 8, (byte)samples.Length, .. samples.SelectMany((_, i) => new byte[] { (byte)(i + 1), 0x11, 0 })]);

        // The DC table has twelve categories with four-bit codes. The AC table has only end-of-block, with a one-bit code.
        Segment(file, 0xC4, [0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 12).Select(i => (byte)i)]);
        Segment(file, 0xC4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        Segment(file, 0xDA, [(byte)samples.Length, .. samples.SelectMany((_, i) => new byte[] { (byte)(i + 1), 0 }), 0, 63, 0]);
        file.AddRange(EntropyCoded(samples));
        return [.. file, 0xFF, 0xD9];
    }

    public static void Segment(List<byte> file, byte marker, byte[] payload)
    {
        var length = payload.Length + 2;
        file.AddRange([0xFF, marker, (byte)(length >> 8), (byte)length, .. payload]);
    }

    private static IEnumerable<byte> EntropyCoded(byte[] samples)
    {
        var bits = string.Concat(samples.Select(sample => Block(sample - 128)));
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '1');
        foreach (var octet in bits.Chunk(8))
        {
            var value = Convert.ToByte(new string(octet), 2);
            yield return value;
            if (value == 0xFF)
            {
                yield return 0;
            }
        }
    }

    private static string Block(int difference)
    {
        var category = difference == 0 ? 0 : (int)Math.Log2(Math.Abs(difference)) + 1;
        var magnitude = difference < 0 ? difference + (1 << category) - 1 : difference;
        return Binary(category, 4) + (category == 0 ? "" : Binary(magnitude, category)) + "0";
    }

    private static string Binary(int value, int width) => Convert.ToString(value, 2).PadLeft(width, '0');
}
