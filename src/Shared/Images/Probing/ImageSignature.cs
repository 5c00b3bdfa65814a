namespace ServerlessScale.Shared.Images.Probing;

/// <summary>Detects an image's format from its first bytes, because file names and declared content types are often wrong.</summary>
public static class ImageSignature
{
    /// <summary>
    /// The number of leading bytes that <see cref="Sniff"/> needs to detect every format. With fewer bytes, it does not recognise some
    /// formats.
    /// </summary>
    public const int Length = 12;

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    private static ReadOnlySpan<byte> Png => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <returns><c>image/jpeg</c>, <c>image/png</c>, <c>image/gif</c>, <c>image/webp</c>, or null for an unknown format.</returns>
    public static string? Sniff(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith(Jpeg))
        {
            return "image/jpeg";
        }

        if (head.StartsWith(Png))
        {
            return "image/png";
        }

        if (head.StartsWith("GIF87a"u8) || head.StartsWith("GIF89a"u8))
        {
            return "image/gif";
        }

        return head.Length >= Length && head.StartsWith("RIFF"u8) && head[8..].StartsWith("WEBP"u8) ? "image/webp" : null;
    }
}
