using System.Buffers.Binary;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Writes ICC profiles with a matrix and a tone curve (ICC.1:2022), so that engines need only one way to convert colours, whichever way a
/// file declares its colour space.
/// </summary>
internal static class IccProfileWriting
{
    private const int HeaderLength = 128;

    /// <summary>The white point of the profile connection space (D50).</summary>
    private static readonly double[] D50 = [0.9642, 1, 0.8249];

    /// <summary>The Bradford matrix (ICC.1:2022 annex E.3).</summary>
    private static readonly double[][] Bradford = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];

    /// <summary>The curve of sRGB as parameters g, a, b, c and d of a parametric curve of type 3.</summary>
    public static double[] SrgbCurve => [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

    /// <param name="isGray">Whether the profile has no colours.</param>
    /// <param name="chromaticities">x and y of the white point, red, green and blue, times 100,000.</param>
    /// <param name="curve">The exponent, or the five parameters of <see cref="SrgbCurve"/>.</param>
    /// <returns>Null when the chromaticities describe no colour space.</returns>
    public static byte[]? Write(bool isGray, int[] chromaticities, double[] curve)
    {
        byte[] toneCurve = [.. "para"u8, 0, 0, 0, 0, 0, (byte)(curve.Length == 1 ? 0 : 3), 0, 0, .. curve.SelectMany(Fixed)];
        if (isGray)
        {
            return Write("GRAY", ("kTRC", toneCurve));
        }

        return Primaries(chromaticities) is not { } primaries
            ? null
            : Write("RGB ", ("rXYZ", Xyz(primaries, 0)), ("gXYZ", Xyz(primaries, 1)), ("bXYZ", Xyz(primaries, 2)), ("rTRC", toneCurve), ("gTRC", toneCurve), ("bTRC", toneCurve));
    }

    private static byte[] Write(string colourSpace, params (string Signature, byte[] Element)[] tags)
    {
        var start = HeaderLength + 4 + (12 * tags.Length);
        var file = new byte[start + tags.Sum(tag => tag.Element.Length)];
        BinaryPrimitives.WriteInt32BigEndian(file, file.Length);
        (file[8], file[9]) = (4, 0x30);
        Text("mntr", 12);
        Text(colourSpace, 16);
        Text("XYZ ", 20);
        Text("acsp", 36);
        D50.SelectMany(Fixed).ToArray().CopyTo(file, 68);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(HeaderLength), tags.Length);
        for (var (i, entry) = (0, HeaderLength + 4); i < tags.Length; i++, entry += 12)
        {
            Text(tags[i].Signature, entry);
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(entry + 4), start);
            BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(entry + 8), tags[i].Element.Length);
            tags[i].Element.CopyTo(file, start);
            start += tags[i].Element.Length;
        }

        return file;

        void Text(string text, int offset) => System.Text.Encoding.ASCII.GetBytes(text, file.AsSpan(offset));
    }

    /// <summary>Returns the XYZ values of the primaries in the columns, adapted to D50.</summary>
    private static double[][]? Primaries(int[] chromaticities)
    {
        if (chromaticities.Any(value => value is < 0 or > 100_000) || chromaticities.Where((value, i) => i % 2 == 1 && value == 0).Any())
        {
            return null;
        }

        var white = FromChromaticity(chromaticities, 0);
        double[][] columns = [FromChromaticity(chromaticities, 1), FromChromaticity(chromaticities, 2), FromChromaticity(chromaticities, 3)];
        double[][] primaries = [.. Enumerable.Range(0, 3).Select(row => columns.Select(column => column[row]).ToArray())];
        if (Inverse(primaries) is not { } inverse || Inverse(Bradford) is not { } fromCones)
        {
            return null;
        }

        var scale = Multiply(inverse, white);
        var (from, to) = (Multiply(Bradford, white), Multiply(Bradford, D50));
        double[][] adapted = [.. Bradford.Select((row, i) => row.Select(value => value * to[i] / from[i]).ToArray())];
        for (var column = 0; column < 3; column++)
        {
            var xyz = Multiply(fromCones, Multiply(adapted, [.. columns[column].Select(value => value * scale[column])]));
            for (var row = 0; row < 3; row++)
            {
                primaries[row][column] = xyz[row];
            }
        }

        return primaries.SelectMany(row => row).All(value => Math.Abs(value) < short.MaxValue) ? primaries : null;
    }

    private static double[] FromChromaticity(int[] chromaticities, int index)
    {
        var (x, y) = (chromaticities[2 * index] / 100_000.0, chromaticities[(2 * index) + 1] / 100_000.0);
        return [x / y, 1, (1 - x - y) / y];
    }

    private static double[] Multiply(double[][] matrix, double[] vector) => [.. matrix.Select(row => row.Zip(vector).Sum(pair => pair.First * pair.Second))];

    private static double[][]? Inverse(double[][] m)
    {
        double Minor(int row, int column)
        {
            var (r1, r2, c1, c2) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3);
            return (m[r1][c1] * m[r2][c2]) - (m[r1][c2] * m[r2][c1]);
        }

        var determinant = (m[0][0] * Minor(0, 0)) + (m[0][1] * Minor(0, 1)) + (m[0][2] * Minor(0, 2));
        return Math.Abs(determinant) < 1e-6
            ? null
            : [.. Enumerable.Range(0, 3).Select(row => Enumerable.Range(0, 3).Select(column => Minor(column, row) / determinant).ToArray())];
    }

    private static byte[] Xyz(double[][] primaries, int column) => [.. "XYZ "u8, 0, 0, 0, 0, .. primaries.SelectMany(row => Fixed(row[column]))];

    /// <summary>Writes an s15Fixed16Number (ICC.1:2022 section 4.6).</summary>
    private static byte[] Fixed(double value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, (int)Math.Round(Math.Clamp(value, short.MinValue, short.MaxValue) * 65536));
        return bytes;
    }
}
