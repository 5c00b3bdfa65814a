using System.Buffers.Binary;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>
/// Converts pixels from the colour space of an ICC profile to sRGB. It supports the profiles that cameras, phones and editors embed
/// (ICC.1:2022 section 8). They consist either of three tone curves and a matrix (such as Adobe RGB, Display P3 and ProPhoto) or of a single
/// gray curve. It does not support profiles with look-up tables. An engine that has its own colour management uses this class to find out
/// that an image is already in sRGB.
/// </summary>
internal sealed class IccMatrixProfile
{
    private const int HeaderLength = 128;

    /// <summary>
    /// The tolerance for treating a profile as sRGB. The conversion is skipped if it would change every 8-bit sample by at most this value.
    /// </summary>
    private const int Imperceptible = 2;

    private const int EncodeSteps = 1 << 14;

    /// <summary>
    /// The matrix that converts XYZ values in the profile connection space (D50) to linear sRGB. It is the inverse of the Bradford-adapted
    /// primaries of IEC 61966-2-1.
    /// </summary>
    private static readonly double[,] LinearFromXyz =
    {
        { 3.1338561, -1.6168667, -0.4906146 },
        { -0.9787684, 1.9161415, 0.0334540 },
        { 0.0719453, -0.2289914, 1.4052427 },
    };

    private static readonly byte[] EncodeTable = [.. Enumerable.Range(0, EncodeSteps + 1).Select(i => Encode((double)i / EncodeSteps))];

    private readonly float[][] _curves;
    private readonly float[] _matrix;

    private IccMatrixProfile(float[][] curves, float[] matrix)
    {
        _curves = curves;
        _matrix = matrix;
    }

    /// <returns>The profile. Null when no conversion is needed or possible, because the profile is empty, sRGB or unsupported.</returns>
    public static IccMatrixProfile? Read(ReadOnlySpan<byte> profile) =>
        Parse(profile) is { } parsed && !parsed.IsNearlyIdentity() ? parsed : null;

    public static bool IsSrgb(ReadOnlySpan<byte> profile) => Parse(profile)?.IsNearlyIdentity() ?? false;

    /// <summary>Converts a pixel, whose samples have 8 bits, to sRGB.</summary>
    public (byte Red, byte Green, byte Blue) Convert(byte red, byte green, byte blue)
    {
        var (r, g, b) = (_curves[0][red], _curves[1][green], _curves[2][blue]);
        var m = _matrix;
        return (
            Encode((m[0] * r) + (m[1] * g) + (m[2] * b)),
            Encode((m[3] * r) + (m[4] * g) + (m[5] * b)),
            Encode((m[6] * r) + (m[7] * g) + (m[8] * b)));
    }

    /// <summary>Reads an s15Fixed16Number (ICC.1:2022 section 4.6).</summary>
    internal static double ReadFixed(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32BigEndian(bytes) / 65536.0;

    private static IccMatrixProfile? Parse(ReadOnlySpan<byte> profile)
    {
        if (profile.Length < HeaderLength + 4)
        {
            return null;
        }

        var colorSpace = profile.Slice(16, 4);
        return colorSpace.SequenceEqual("RGB "u8) ? ReadRgb(profile) : colorSpace.SequenceEqual("GRAY"u8) ? ReadGray(profile) : null;
    }

    private static IccMatrixProfile? ReadRgb(ReadOnlySpan<byte> profile)
    {
        var (red, green, blue) = (IccCurve.Read(Tag(profile, "rTRC"u8)), IccCurve.Read(Tag(profile, "gTRC"u8)), IccCurve.Read(Tag(profile, "bTRC"u8)));
        if (red is null || green is null || blue is null)
        {
            return null;
        }

        var matrix = new float[9];
        for (var column = 0; column < 3; column++)
        {
            var primary = Tag(profile, column switch { 0 => "rXYZ"u8, 1 => "gXYZ"u8, _ => "bXYZ"u8 });
            if (primary.Length < 20 || !primary.StartsWith("XYZ "u8))
            {
                return null;
            }

            for (var row = 0; row < 3; row++)
            {
                matrix[(3 * row) + column] = (float)(
                    (LinearFromXyz[row, 0] * ReadFixed(primary[8..]))
                    + (LinearFromXyz[row, 1] * ReadFixed(primary[12..]))
                    + (LinearFromXyz[row, 2] * ReadFixed(primary[16..])));
            }
        }

        return new IccMatrixProfile([red, green, blue], matrix);
    }

    private static IccMatrixProfile? ReadGray(ReadOnlySpan<byte> profile) =>
        IccCurve.Read(Tag(profile, "kTRC"u8)) is { } curve
            ? new IccMatrixProfile([curve, curve, curve], [1, 0, 0, 0, 1, 0, 0, 0, 1])
            : null;

    /// <summary>
    /// Finds an element by its signature. The tag table consists of a count, followed by the signature, offset and size of each tag
    /// (section 7.3).
    /// </summary>
    /// <returns>The element. Empty when the tag is missing or the element is outside the profile.</returns>
    private static ReadOnlySpan<byte> Tag(ReadOnlySpan<byte> profile, ReadOnlySpan<byte> signature)
    {
        var count = BinaryPrimitives.ReadUInt32BigEndian(profile[HeaderLength..]);
        var table = profile[(HeaderLength + 4)..];
        for (; count > 0 && table.Length >= 12; count--, table = table[12..])
        {
            if (table.StartsWith(signature))
            {
                var offset = BinaryPrimitives.ReadUInt32BigEndian(table[4..]);
                var size = BinaryPrimitives.ReadUInt32BigEndian(table[8..]);
                return (long)offset + size <= profile.Length ? profile.Slice((int)offset, (int)size) : [];
            }
        }

        return [];
    }

    private static byte Encode(double linear) =>
        (byte)Math.Round(255 * (linear <= 0.0031308 ? 12.92 * linear : (1.055 * Math.Pow(linear, 1 / 2.4)) - 0.055));

    private static byte Encode(float linear) => EncodeTable[(int)((Math.Clamp(linear, 0f, 1f) * EncodeSteps) + 0.5f)];

    private bool IsNearlyIdentity()
    {
        for (var i = 0; i < 9 * 9 * 9; i++)
        {
            var (red, green, blue) = (Sample(i % 9), Sample(i / 9 % 9), Sample(i / 81));
            var converted = Convert(red, green, blue);
            if (Math.Abs(red - converted.Red) > Imperceptible
                || Math.Abs(green - converted.Green) > Imperceptible
                || Math.Abs(blue - converted.Blue) > Imperceptible)
            {
                return false;
            }
        }

        return true;

        static byte Sample(int step) => (byte)(step * 255 / 8);
    }
}
