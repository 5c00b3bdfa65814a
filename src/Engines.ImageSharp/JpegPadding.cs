using System.Buffers.Binary;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Advanced;
using SixLabors.ImageSharp.Formats.Jpeg;
using SixLabors.ImageSharp.PixelFormats;

namespace ServerlessScale.Engines.ImageSharp;

/// <summary>
/// Pads an image to whole blocks of 16 x 16 pixels before ImageSharp 2.1 encodes it as JPEG with reduced colour resolution, because
/// ImageSharp's own padding spoils the last rows of many images with an odd height. The frame header then gets the true size, so that decoders
/// do not show the padding. A JPEG file contains whole blocks in any case, so the file does not become larger.
/// </summary>
internal static class JpegPadding
{
    private const int BlockSize = 16;

    private static ReadOnlySpan<byte> FrameHeader => [0xFF, 0xC0];

    public static void Save(Image<Rgb24> image, MemoryStream encoded, JpegEncoder encoder)
    {
        if (image.Width % BlockSize == 0 && image.Height % BlockSize == 0)
        {
            image.Save(encoded, encoder);
            return;
        }

        using var padded = Pad(image);
        padded.Save(encoded, encoder);
        var file = encoded.GetBuffer().AsSpan(0, (int)encoded.Length);
        for (var segment = file[2..]; ; segment = segment[(2 + BinaryPrimitives.ReadUInt16BigEndian(segment[2..]))..])
        {
            if (segment.StartsWith(FrameHeader))
            {
                BinaryPrimitives.WriteUInt16BigEndian(segment[5..], (ushort)image.Height);
                BinaryPrimitives.WriteUInt16BigEndian(segment[7..], (ushort)image.Width);
                return;
            }
        }
    }

    /// <summary>Repeats the last column and the last row.</summary>
    private static Image<Rgb24> Pad(Image<Rgb24> image)
    {
        var padded = new Image<Rgb24>(image.GetConfiguration(), Whole(image.Width), Whole(image.Height));
        for (var y = 0; y < padded.Height; y++)
        {
            var source = image.DangerousGetPixelRowMemory(Math.Min(y, image.Height - 1)).Span;
            var row = padded.DangerousGetPixelRowMemory(y).Span;
            source.CopyTo(row);
            row[source.Length..].Fill(source[^1]);
        }

        return padded;
    }

    private static int Whole(int side) => (side + BlockSize - 1) / BlockSize * BlockSize;
}
