using System.Buffers.Binary;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>Reads the orientation tag of an EXIF block, which has the structure of a TIFF 6.0 file (EXIF 2.32 section 4.6.4 A).</summary>
internal static class ExifOrientation
{
    /// <summary>
    /// The maximum size of an EXIF block in bytes. It is the size of the largest block that fits into a JPEG segment, but it also applies
    /// to the other formats.
    /// </summary>
    public const int LargestBlock = 64 * 1024;

    private const int OrientationTag = 0x0112;
    private const int ShortType = 3;
    private const int EntryLength = 12;

    /// <summary>
    /// The prefix of the TIFF structure in a JPEG segment. Some encoders also write the prefix into WebP files, although it does not belong
    /// there.
    /// </summary>
    public static ReadOnlySpan<byte> Prefix => "Exif\0\0"u8;

    /// <param name="block">The TIFF structure, with or without <see cref="Prefix"/>.</param>
    /// <returns>1 to 8. The result is 1 for a corrupt block, because corrupt metadata is no reason to reject an image.</returns>
    public static int Read(ReadOnlySpan<byte> block)
    {
        var tiff = block.StartsWith(Prefix) ? block[Prefix.Length..] : block;
        var bigEndian = tiff.StartsWith("MM\0*"u8);
        if (tiff.Length < 8 || (!bigEndian && !tiff.StartsWith("II*\0"u8)))
        {
            return 1;
        }

        var directory = UInt32(tiff[4..], bigEndian);
        if (directory > tiff.Length - 2)
        {
            return 1;
        }

        var entries = tiff[(int)directory..];
        var count = UInt16(entries, bigEndian);
        entries = entries[2..];
        for (; count > 0 && entries.Length >= EntryLength; count--, entries = entries[EntryLength..])
        {
            if (UInt16(entries, bigEndian) == OrientationTag)
            {
                var value = UInt16(entries[8..], bigEndian);
                return UInt16(entries[2..], bigEndian) == ShortType && value is >= 1 and <= 8 ? value : 1;
            }
        }

        return 1;
    }

    /// <summary>
    /// Sets the orientation of a header and converts its size from the stored to the displayed size. Orientations 5 to 8 swap width and
    /// height.
    /// </summary>
    public static ImageHeader Apply(ImageHeader stored, int orientation) =>
        orientation < 5
            ? stored with { Orientation = orientation }
            : stored with { Orientation = orientation, Width = stored.Height, Height = stored.Width };

    private static ushort UInt16(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool bigEndian) =>
        bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
