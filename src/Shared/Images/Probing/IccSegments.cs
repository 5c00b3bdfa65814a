namespace ServerlessScale.Shared.Images.Probing;

/// <summary>
/// Joins an ICC profile from the APP2 segments of a JPEG file, which may be in any order (ICC.1:2022 annex B.4). Each segment has a prefix,
/// its number from 1 on, and the number of all segments.
/// </summary>
internal sealed class IccSegments
{
    private readonly byte[]?[] _parts = new byte[]?[byte.MaxValue + 1];
    private long _length;
    private int _count;

    private static ReadOnlySpan<byte> Prefix => "ICC_PROFILE\0"u8;

    public void Add(byte[] segment)
    {
        var start = Prefix.Length + 2;
        if (segment.Length <= start || !segment.AsSpan().StartsWith(Prefix) || _parts[segment[start - 2]] is not null)
        {
            return;
        }

        _length += segment.Length - start;
        if (_length <= ProbedImage.LargestIccProfile)
        {
            _count = segment[start - 1];
            _parts[segment[start - 2]] = segment[start..];
        }
    }

    /// <returns>The profile. Null when there is none, a segment is missing, or the profile is too large.</returns>
    public byte[]? Join()
    {
        var parts = _parts.AsSpan(1, Math.Min(_count, byte.MaxValue));
        return parts.IsEmpty || _length > ProbedImage.LargestIccProfile || parts.Contains(null) ? null : [.. parts.ToArray().SelectMany(part => part!)];
    }
}
