using System.Buffers.Binary;

namespace ServerlessScale.Bench.Images.Files;

/// <summary>Builds ICC matrix profiles (ICC.1:2022) from published tone curves and primaries. The primaries are adapted to D50.</summary>
internal static class HandMadeIccProfile
{
    private static readonly double[] SrgbCurve = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

    public static byte[] DisplayP3 => Rgb([0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407], Parametric(3, SrgbCurve));

    public static byte[] AdobeRgb => Rgb([0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457], Gamma(2.19921875));

    public static byte[] Srgb => Rgb([0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.71410], Parametric(3, SrgbCurve));

    /// <summary>The Display P3 profile with a sampled tone curve. Many phones write profiles in this form.</summary>
    public static byte[] SampledDisplayP3 => Rgb(
        [0.51512, 0.24120, -0.00105], [0.29198, 0.69225, 0.04189], [0.15710, 0.06657, 0.78407],
        Sampled(1024, x => x <= 0.04045 ? x / 12.92 : Math.Pow((x + 0.055) / 1.055, 2.4)));

    public static byte[] LinearGray => Profile("GRAY", ("kTRC", Gamma(1)));

    public static byte[] Cmyk => Profile("CMYK", ("A2B0", new byte[32]));

    private static byte[] Rgb(double[] red, double[] green, double[] blue, byte[] curve) => Profile(
        "RGB ", ("rXYZ", Xyz(red)), ("gXYZ", Xyz(green)), ("bXYZ", Xyz(blue)), ("rTRC", curve), ("gTRC", curve), ("bTRC", curve));

    public static byte[] Profile(string colorSpace, params (string Signature, byte[] Element)[] tags)
    {
        var profile = new byte[132 + (12 * tags.Length)].ToList();
        var table = new List<byte>();
        foreach (var (signature, element) in tags)
        {
            table.AddRange([.. Ascii(signature), .. UInt32((uint)profile.Count), .. UInt32((uint)element.Length)]);
            profile.AddRange(element);
            profile.AddRange(new byte[(4 - (element.Length % 4)) % 4]);
        }

        byte[] file = [.. profile];
        UInt32((uint)file.Length).CopyTo(file, 0);
        Ascii("4.30").CopyTo(file, 8);
        file[8] = 4;
        file[9] = 0x30;
        file[10] = file[11] = 0;
        Ascii("mntr").CopyTo(file, 12);
        Ascii(colorSpace).CopyTo(file, 16);
        Ascii("XYZ ").CopyTo(file, 20);
        Ascii("acsp").CopyTo(file, 36);
        ((double[])[0.9642, 1, 0.8249]).SelectMany(Fixed).ToArray().CopyTo(file, 68);
        UInt32((uint)tags.Length).CopyTo(file, 128);
        table.CopyTo(file, 132);
        return file;
    }

    private static byte[] Xyz(double[] value) => [.. Ascii("XYZ "), 0, 0, 0, 0, .. value.SelectMany(Fixed)];

    private static byte[] Gamma(double gamma) => [.. Ascii("curv"), 0, 0, 0, 0, 0, 0, 0, 1, (byte)(gamma * 256 / 256), (byte)(gamma * 256 % 256)];

    private static byte[] Parametric(byte type, double[] parameters) => [.. Ascii("para"), 0, 0, 0, 0, 0, type, 0, 0, .. parameters.SelectMany(Fixed)];

    private static byte[] Sampled(int count, Func<double, double> curve) =>
    [
        .. Ascii("curv"), 0, 0, 0, 0, .. UInt32((uint)count),
        .. Enumerable.Range(0, count).Select(i => (int)Math.Round(65535 * curve((double)i / (count - 1)))).SelectMany(v => new byte[] { (byte)(v >> 8), (byte)v }),
    ];

    private static byte[] Fixed(double value) => UInt32((uint)(int)Math.Round(value * 65536));

    private static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Ascii(string text) => System.Text.Encoding.ASCII.GetBytes(text);
}
