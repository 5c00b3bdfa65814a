using System.Buffers.Binary;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Decides which chunk of a PNG file declares the colour space: cICP, then iCCP, then sRGB, then cHRM and gAMA (W3C PNG Third Edition,
/// section 4.3).
/// </summary>
internal sealed class PngColourSpace
{
    private const double GammaUnit = 100_000;

    /// <summary>libpng and browsers ignore a difference of this share between a gamma value and the one of sRGB.</summary>
    private const double GammaTolerance = 0.05;

    private const double SrgbGamma = 0.45455;
    private const int ChromaticityTolerance = 100;

    /// <summary>The chromaticities of sRGB, in the order and unit of a cHRM chunk: white point, red, green, blue.</summary>
    private static readonly int[] SrgbChromaticities = [31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000];

    private byte[]? _codePoints;
    private byte[]? _embedded;
    private int[]? _chromaticities;
    private double? _gamma;

    public bool IsSrgb { get; set; }

    /// <summary>Sets the profile of the iCCP chunk. Null when the profile cannot be used.</summary>
    public void SetEmbedded(byte[]? profile) => _embedded = profile;

    public void SetCodePoints(byte[] cicp) => _codePoints = cicp;

    public void SetGamma(uint gamma) => _gamma = gamma == 0 ? null : gamma / GammaUnit;

    public void SetChromaticities(byte[] chrm) =>
        _chromaticities = [.. Enumerable.Range(0, 8).Select(i => BinaryPrimitives.ReadInt32BigEndian(chrm.AsSpan(4 * i)))];

    /// <param name="isGray">Whether the pixels have no colours, so that only the tone curve matters.</param>
    public byte[]? ToProfile(bool isGray)
    {
        var space = isGray ? "GRAY" : "RGB ";
        if (_codePoints is [var primaries, var transfer, 0, 1]
            && Chromaticities(primaries) is { } coded && Curve(transfer) is { } curve)
        {
            return primaries == 1 && transfer == 13 ? null : IccProfileWriting.Write(isGray, coded, curve);
        }

        if (ProbedImage.ProfileFor(space, _embedded) is { } embedded)
        {
            return embedded;
        }

        if (IsSrgb || (_gamma is null && _chromaticities is null))
        {
            return null;
        }

        var chromaticities = _chromaticities ?? SrgbChromaticities;
        var hasSrgbColours = isGray || chromaticities.Zip(SrgbChromaticities).All(pair => Math.Abs(pair.First - (long)pair.Second) <= ChromaticityTolerance);
        var hasSrgbCurve = _gamma is not { } gamma || Math.Abs((gamma / SrgbGamma) - 1) <= GammaTolerance;
        return hasSrgbColours && hasSrgbCurve
            ? null
            : IccProfileWriting.Write(isGray, chromaticities, _gamma is null ? IccProfileWriting.SrgbCurve : [1 / _gamma.Value]);
    }

    /// <summary>Returns the primaries of a code point of ITU-T H.273 table 2.</summary>
    private static int[]? Chromaticities(byte code) => code switch
    {
        1 => SrgbChromaticities,
        4 => [31000, 31600, 67000, 33000, 21000, 71000, 14000, 8000],
        5 => [31270, 32900, 64000, 33000, 29000, 60000, 15000, 6000],
        6 or 7 => [31270, 32900, 63000, 34000, 31000, 59500, 15500, 7000],
        9 => [31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600],
        11 => [31400, 35100, 68000, 32000, 26500, 69000, 15000, 6000],
        12 => [31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000],
        _ => null,
    };

    /// <summary>
    /// Returns the tone curve of a code point of ITU-T H.273 table 3. High dynamic range is not supported, so that its curves (16 and 18)
    /// return null.
    /// </summary>
    private static double[]? Curve(byte code) => code switch
    {
        1 or 6 or 14 or 15 => [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081],
        4 => [2.2],
        5 => [2.8],
        8 => [1],
        13 => IccProfileWriting.SrgbCurve,
        _ => null,
    };
}
