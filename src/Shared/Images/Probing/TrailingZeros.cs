namespace ServerlessScale.Shared.Images.Probing;

/// <summary>Finds the zeros with which a file was padded, for example by a download that reserved the whole file and then stopped.</summary>
internal static class TrailingZeros
{
    private const int BlockLength = 16 * 1024;

    /// <returns>The position after the last byte that is not zero.</returns>
    public static long Start(Stream file)
    {
        var block = new byte[BlockLength];
        for (var end = file.Length; end > 0;)
        {
            var start = Math.Max(0, end - BlockLength);
            var part = block.AsSpan(0, (int)(end - start));
            file.Position = start;
            file.ReadExactly(part);
            var last = part.LastIndexOfAnyExcept((byte)0);
            if (last >= 0)
            {
                return start + last + 1;
            }

            end = start;
        }

        return 0;
    }
}
