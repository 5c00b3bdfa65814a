using System.Numerics;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>The frame header of a JPEG file (ITU-T T.81 annex B.2.2).</summary>
/// <param name="Width">The width as stored.</param>
/// <param name="Height">The height as stored.</param>
/// <param name="IsProgressive">Whether the scans refine the image step by step.</param>
/// <param name="Components">The colour components.</param>
internal sealed record JpegFrame(int Width, int Height, bool IsProgressive, IReadOnlyList<JpegComponent> Components)
{
    private int MaxHorizontal => Components.Max(component => component.Horizontal);

    private int MaxVertical => Components.Max(component => component.Vertical);

    /// <summary>The colour space of a profile that fits to the components (ICC.1:2022 section 7.2.6).</summary>
    public string ColourSpace => Components.Count switch { 1 => "GRAY", 3 => "RGB ", _ => "CMYK" };

    /// <summary>Whether no pixel of the frame is missing: each coefficient of each component was coded in full precision.</summary>
    public bool IsCoded => Components.All(component => component.Coded == ulong.MaxValue);

    /// <summary>The share of the coefficients that were coded in full precision, from 0 to 1.</summary>
    public double CodedShare => Components.Sum(component => BitOperations.PopCount(component.Coded)) / (64.0 * Components.Count);

    /// <summary>Reads the payload of a SOF segment.</summary>
    public static JpegFrame Read(HeaderReader reader, int length, bool isProgressive, ImageOptions limits)
    {
        if (length < 6)
        {
            throw ImageRejections.Corrupt("The JPEG frame header is too short.");
        }

        var precision = reader.ReadByte();
        var height = reader.ReadUInt16BigEndian();
        var width = reader.ReadUInt16BigEndian();
        var components = new JpegComponent[reader.ReadByte()];
        if (precision is not (8 or 12) || components.Length is not (1 or 3 or 4))
        {
            throw ImageRejections.Unsupported($"The JPEG file has {components.Length} components of {precision} bits.");
        }

        if (length != 6 + (3 * components.Length))
        {
            throw ImageRejections.Corrupt("The JPEG frame header has an impossible length.");
        }

        ImageRejections.CheckSize(width, height, limits);
        for (var i = 0; i < components.Length; i++)
        {
            var (id, factors) = (reader.ReadByte(), reader.ReadByte());
            reader.Skip(1);
            components[i] = new JpegComponent(id, factors >> 4, factors & 15);
            if (components[i] is not { Horizontal: >= 1 and <= 4, Vertical: >= 1 and <= 4 })
            {
                throw ImageRejections.Corrupt("The JPEG file has an impossible sampling factor.");
            }
        }

        return new JpegFrame(width, height, isProgressive, components);
    }

    /// <summary>Returns the number of units of a scan: of blocks in a scan of one component, otherwise of groups of blocks (MCU).</summary>
    public long Units(IReadOnlyList<JpegComponent> scanned) => scanned is [var only]
        ? Blocks(Width, only.Horizontal, MaxHorizontal) * (long)Blocks(Height, only.Vertical, MaxVertical)
        : Divide(Width, 8 * MaxHorizontal) * (long)Divide(Height, 8 * MaxVertical);

    private static int Blocks(int side, int factor, int maxFactor) => Divide(Divide(side * factor, maxFactor), 8);

    private static int Divide(int value, int divisor) => (value + divisor - 1) / divisor;
}

/// <summary>A colour component of a JPEG frame.</summary>
/// <param name="Id">The number by which scans refer to the component.</param>
/// <param name="Horizontal">The sampling factor, 1 to 4.</param>
/// <param name="Vertical">The sampling factor, 1 to 4.</param>
internal sealed record JpegComponent(byte Id, int Horizontal, int Vertical)
{
    /// <summary>A bit for each of the 64 coefficients that the scans so far contain in full precision.</summary>
    public ulong Coded { get; set; }

    /// <summary>Which coefficients of each block are not zero, a bit for each. Only for progressive files, from the first AC scan on.</summary>
    public ulong[]? Nonzero { get; set; }
}
