using System.Buffers.Binary;

namespace ServerlessScale.Shared.Images.Rendering;

/// <summary>Reads a tone curve from an ICC profile into a table that maps 8-bit sample values to linear light from 0 to 1.</summary>
internal static class IccCurve
{
    private static readonly int[] ParameterCounts = [1, 3, 4, 5, 7];

    /// <param name="tag">A <c>curv</c> or <c>para</c> element (ICC.1:2022 sections 10.6 and 10.18).</param>
    /// <returns>256 values, or null when the element is corrupt or has another type.</returns>
    public static float[]? Read(ReadOnlySpan<byte> tag)
    {
        if (tag.Length < 12)
        {
            return null;
        }

        return tag.StartsWith("curv"u8) ? ReadSampled(tag) : tag.StartsWith("para"u8) ? ReadParametric(tag) : null;
    }

    private static float[]? ReadSampled(ReadOnlySpan<byte> tag)
    {
        var count = BinaryPrimitives.ReadUInt32BigEndian(tag[8..]);
        if (count > (tag.Length - 12) / 2)
        {
            return null;
        }

        var samples = new float[count];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadUInt16BigEndian(tag[(12 + (2 * i))..]);
        }

        return samples.Length switch
        {
            0 => Tabulate(x => x),
            1 => Tabulate(x => Math.Pow(x, samples[0] / 256)),
            _ => Tabulate(x => Interpolate(samples, x) / ushort.MaxValue),
        };
    }

    private static double Interpolate(float[] samples, double x)
    {
        var position = x * (samples.Length - 1);
        var index = Math.Min((int)position, samples.Length - 2);
        return samples[index] + ((position - index) * (samples[index + 1] - samples[index]));
    }

    private static float[]? ReadParametric(ReadOnlySpan<byte> tag)
    {
        var type = BinaryPrimitives.ReadUInt16BigEndian(tag[8..]);
        if (type >= ParameterCounts.Length || tag.Length < 12 + (4 * ParameterCounts[type]))
        {
            return null;
        }

        Span<double> p = stackalloc double[7];
        for (var i = 0; i < ParameterCounts[type]; i++)
        {
            p[i] = IccMatrixProfile.ReadFixed(tag[(12 + (4 * i))..]);
        }

        var (g, a, b, c, d, e, f) = (p[0], p[1], p[2], p[3], p[4], p[5], p[6]);
        return type switch
        {
            0 => Tabulate(x => Math.Pow(x, g)),
            1 => Tabulate(x => x >= -b / a ? Math.Pow((a * x) + b, g) : 0),
            2 => Tabulate(x => x >= -b / a ? Math.Pow((a * x) + b, g) + c : c),
            3 => Tabulate(x => x >= d ? Math.Pow((a * x) + b, g) : c * x),
            _ => Tabulate(x => x >= d ? Math.Pow((a * x) + b, g) + e : (c * x) + f),
        };
    }

    private static float[]? Tabulate(Func<double, double> curve)
    {
        var table = new float[256];
        for (var i = 0; i < table.Length; i++)
        {
            var value = curve(i / 255.0);
            if (!double.IsFinite(value))
            {
                return null;
            }

            table[i] = (float)Math.Clamp(value, 0, 1);
        }

        return table;
    }
}
