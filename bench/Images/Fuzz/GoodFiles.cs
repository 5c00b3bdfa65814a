using NetVips;
using ServerlessScale.Bench.Images.Files;
using ServerlessScale.Engines.Vips;
using ServerlessScale.Shared.Images;

namespace ServerlessScale.Bench.Images.Fuzz;

/// <summary>Small sound files in the forms that encoders write. The mutator damages them.</summary>
internal static class GoodFiles
{
    private const int Width = 61;
    private const int Height = 45;

    private static readonly byte[] Exif = [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];

    public static IReadOnlyList<(string Name, byte[] File)> All { get; } = [.. Create()];

    private static IEnumerable<(string Name, byte[] File)> Create()
    {
        // The engine's constructor configures libvips.
        _ = new VipsEngine(Microsoft.Extensions.Options.Options.Create(new ImageOptions()));
        using var rgb = Picture(3);
        using var rgba = Picture(4);
        using var grey = Picture(1);
        using var animation = Picture(4, Height * 3).Mutate(image => image.Set(GValue.GIntType, "page-height", Height));
        var jpeg = rgb.JpegsaveBuffer(q: 85);
        var png = rgb.PngsaveBuffer();
        var webp = rgb.WebpsaveBuffer(q: 70);
        yield return ("jpeg", jpeg);
        yield return ("jpeg, not subsampled", rgb.JpegsaveBuffer(q: 70, subsampleMode: Enums.ForeignSubsample.Off));
        yield return ("jpeg, progressive", rgb.JpegsaveBuffer(q: 80, interlace: true));
        yield return ("jpeg, optimized scans", rgb.JpegsaveBuffer(q: 80, interlace: true, optimizeScans: true, trellisQuant: true));
        yield return ("jpeg, restart intervals", rgb.JpegsaveBuffer(q: 80, restartInterval: 2));
        yield return ("jpeg, grey", grey.JpegsaveBuffer(q: 80));
        yield return ("jpeg, CMYK", HandMadeJpeg.Solid(10, 250, 120, 255));
        yield return ("jpeg, EXIF", [.. jpeg[..2], .. HostileJpegs.Segment(0xE1, [.. "Exif\0\0"u8, .. Exif]), .. jpeg[2..]]);
        yield return ("jpeg, ICC", [.. jpeg[..2], .. HostileJpegs.Segment(0xE2, [.. "ICC_PROFILE\0"u8, 1, 1, .. HandMadeIccProfile.DisplayP3]), .. jpeg[2..]]);
        yield return ("png", png);
        yield return ("png, opacity", rgba.PngsaveBuffer());
        yield return ("png, interlaced", rgba.PngsaveBuffer(interlace: true));
        yield return ("png, palette", rgb.PngsaveBuffer(palette: true, bitdepth: 4));
        yield return ("png, 1 bit", grey.PngsaveBuffer(palette: true, bitdepth: 1));
        using (var deep = rgb.Cast(Enums.BandFormat.Ushort))
        {
            yield return ("png, 16 bits", deep.PngsaveBuffer(bitdepth: 16));
        }

        yield return ("png, ICC", HandMadePng.With(png, HandMadePng.IccProfile(HandMadeIccProfile.SampledDisplayP3)));
        yield return ("png, gamma and EXIF", HandMadePng.With(HandMadePng.With(png, HandMadePng.Chunk("gAMA", [0, 1, 0x86, 0xA0])), HandMadePng.Chunk("eXIf", Exif)));
        yield return ("png, code points", HandMadePng.With(png, HandMadePng.Chunk("cICP", [12, 13, 0, 1])));
        yield return ("gif", rgb.GifsaveBuffer());
        yield return ("gif, animated", animation.GifsaveBuffer());
        yield return ("gif, interlaced", rgba.GifsaveBuffer(interlace: true));
        yield return ("webp", webp);
        yield return ("webp, opacity", rgba.WebpsaveBuffer(q: 70));
        yield return ("webp, lossless", rgba.WebpsaveBuffer(lossless: true));
        yield return ("webp, animated", animation.WebpsaveBuffer(q: 70));
        yield return ("webp, ICC", HandMadeWebp.Extended(Width, Height, 0x20, webp, HandMadeWebp.Chunk("ICCP", HandMadeIccProfile.AdobeRgb), after: []));
    }

    /// <summary>Creates a picture of gradients and noise, so that every part of a file matters.</summary>
    private static Image Picture(int bands, int height = Height)
    {
        var random = new Random(1);
        var pixels = new byte[Width * height * bands];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y) = (i / bands % Width, i / bands / Width);
            pixels[i] = (byte)Math.Clamp((x * 3) + (y * (1 + (i % bands))) + random.Next(40), 0, 255);
        }

        using var memory = Image.NewFromMemoryCopy(pixels, Width, height, bands, Enums.BandFormat.Uchar);
        return memory.Copy(interpretation: bands < 3 ? Enums.Interpretation.Bw : Enums.Interpretation.Srgb);
    }
}
