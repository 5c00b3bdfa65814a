using System.Buffers.Binary;

namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Extracts the first frame of an animated or extended WebP file into a still WebP file without metadata (RFC 9649). This is necessary
/// because ImageSharp 2.1 cannot decode animations and requires the metadata chunks in an order that some encoders do not follow.
/// </summary>
internal static class WebpFrame
{
    private const int ChunkHeaderLength = 8;
    private const int ExtendedLength = 10;
    private const byte AlphaFlag = 0x10;

    public static MemoryStream Extract(Stream webp, FrameData frame)
    {
        webp.Position = frame.Offset;
        var reader = new HeaderReader(webp, "WebP");
        byte[]? alpha = null;
        while (true)
        {
            var type = reader.ReadUInt32LittleEndian();
            long length = reader.ReadUInt32LittleEndian();
            switch (type)
            {
                case WebpHeader.Vp8:
                    return alpha is null
                        ? Write((type, reader.ReadBytes((int)length)))
                        : Write((WebpHeader.Vp8Extended, Extended(frame)), (WebpHeader.Alpha, alpha), (type, reader.ReadBytes((int)length)));
                case WebpHeader.Vp8Lossless:
                    return Write((type, reader.ReadBytes((int)length)));
                case WebpHeader.Alpha:
                    alpha = reader.ReadBytes((int)length);
                    break;
                default:
                    reader.Skip(length);
                    break;
            }

            reader.Skip(length & 1);
        }
    }

    private static byte[] Extended(FrameData frame)
    {
        var payload = new byte[ExtendedLength];
        BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(4), frame.Width - 1);
        BinaryPrimitives.WriteInt16LittleEndian(payload.AsSpan(7), (short)(frame.Height - 1));
        payload[0] = AlphaFlag;
        return payload;
    }

    private static MemoryStream Write(params ReadOnlySpan<(uint Type, byte[] Payload)> chunks)
    {
        var size = 4;
        foreach (var (_, payload) in chunks)
        {
            size += ChunkHeaderLength + payload.Length + (payload.Length & 1);
        }

        var file = new MemoryStream(size + ChunkHeaderLength);
        using var writer = new BinaryWriter(file, System.Text.Encoding.ASCII, leaveOpen: true);
        writer.Write("RIFF"u8);
        writer.Write(size);
        writer.Write("WEBP"u8);
        foreach (var (type, payload) in chunks)
        {
            writer.Write(type);
            writer.Write(payload.Length);
            writer.Write(payload);
            if ((payload.Length & 1) != 0)
            {
                writer.Write((byte)0);
            }
        }

        writer.Flush();
        file.Position = 0;
        return file;
    }
}
