namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Reads an image file into memory in the form in which all engines can decode it. The form has a repaired structure, and of an animation it
/// contains only the first frame. An engine places this frame on the canvas itself.
/// </summary>
internal static class DecodableFile
{
    /// <returns>An array that the caller may change.</returns>
    public static async Task<byte[]> ReadAsync(Stream source, ProbedImage probed, CancellationToken cancellationToken)
    {
        if (probed.Header.ContentType == "image/webp")
        {
            return WebpFrame.Extract(source, probed.FirstFrame!).ToArray();
        }

        if (probed.Pieces is { } pieces)
        {
            return pieces.Read(source);
        }

        var bytes = new byte[source.Length];
        source.Position = 0;
        await source.ReadExactlyAsync(bytes, cancellationToken);
        return probed.HasIrregularPixelChunks ? PngRewriting.MergePixelChunks(bytes) : bytes;
    }
}
